//! Single prompts. Each function returns `None` if the person presses Esc to go back.

use std::path::Path;

use guide::{Environment, Field, FieldType, Key, Method};
use inquire::error::InquireResult;
use inquire::{Confirm, InquireError, Password, PasswordDisplayMode, Select, Text};
use secret::Secret;

use crate::failure::{ENVIRONMENT, Failure};
use crate::linking::inputs;

/// Why a dialogue ended early.
pub(crate) enum Halt {
    /// The person stopped the dialogue, for example with Ctrl-C.
    Stopped,
    Failed(Failure),
}

impl From<Failure> for Halt {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

fn answer<T>(result: InquireResult<T>) -> Result<Option<T>, Halt> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(InquireError::OperationCanceled) => Ok(None),
        Err(InquireError::OperationInterrupted) => Err(Halt::Stopped),
        Err(InquireError::IO(error)) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            Err(Halt::Stopped)
        }
        Err(error) => Err(Halt::Failed(Failure {
            code: ENVIRONMENT,
            message: format!("cannot prompt on this terminal: {error}"),
            help: Some("use --no-input with --set and --set-file".to_owned()),
        })),
    }
}

/// Asks the person to choose an environment.
pub(crate) fn environment(method: &Method, environments: &[Environment]) -> Result<Option<Key>, Halt> {
    let line = |one: &Environment| match &one.description {
        Some(text) => format!("{} – {text}", one.label),
        None => one.label.clone(),
    };
    let labels: Vec<String> = environments.iter().map(|one| one.label.clone()).collect();
    let question = format!("Which {} do you want to link?", method.environment_label.to_lowercase());
    let chosen = choice(&question, environments.iter().map(line).collect(), &labels)?;
    Ok(chosen.map(|at| environments[at].key.clone()))
}

/// Asks the person to choose one of several lines and returns the line's index.
pub(crate) fn one_of(question: &str, lines: Vec<String>) -> Result<Option<usize>, Halt> {
    let short = lines.clone();
    choice(question, lines, &short)
}

/// Asks the person to choose one of several lines and returns the line's index. `short` contains a short form of each
/// line, which replaces the line on the screen when the person chooses it.
fn choice(question: &str, lines: Vec<String>, short: &[String]) -> Result<Option<usize>, Halt> {
    let formatter = |option: inquire::list_option::ListOption<&String>| short[option.index].clone();
    let chosen = Select::new(question, lines)
        .without_filtering()
        .with_help_message("↑↓: move · Enter: choose · Esc: back · Ctrl-C: stop")
        .with_formatter(&formatter)
        .raw_prompt();
    Ok(answer(chosen)?.map(|option| option.index))
}

/// Waits for the person to finish a step without fields. Returns `false` if the person wants to go back.
pub(crate) fn step_done() -> Result<bool, Halt> {
    let done = Text::new("Done?").with_help_message("Enter: done · Esc: back · Ctrl-C: stop").prompt();
    Ok(answer(done)?.is_some())
}

/// Asks a yes-or-no question.
pub(crate) fn yes(question: &str) -> Result<Option<bool>, Halt> {
    answer(Confirm::new(question).with_default(true).prompt())
}

/// Whether the prompt for a field starts with the field's current value. If it does not, an empty answer keeps that
/// value.
pub(crate) fn can_be_edited(field: &Field) -> bool {
    !field.secret && !matches!(field.kind, FieldType::File | FieldType::Multiline)
}

/// Asks for a field's value. `kept` is the field's current value, if any.
pub(crate) fn field(field: &Field, kept: Option<&Secret>) -> Result<Option<Secret>, Halt> {
    let label = if field.required { field.label.clone() } else { format!("{} (optional)", field.label) };
    match field.kind {
        FieldType::File | FieldType::Multiline => file(&label, kept.is_some()),
        _ if field.secret => {
            let help = match kept {
                Some(_) => "Enter: keep the value you entered · Esc: back",
                None => "hidden as you type · Esc: back · Ctrl-C: stop",
            };
            let typed = Password::new(&label)
                .without_confirmation()
                .with_display_mode(PasswordDisplayMode::Masked)
                .with_help_message(help)
                .with_formatter(&|_| "••••••••".to_owned())
                .prompt();
            Ok(answer(typed)?.map(Secret::new))
        }
        FieldType::Select => {
            let lines = field.options.iter().map(|option| option.label.clone()).collect();
            Ok(one_of(&label, lines)?.map(|at| Secret::from(field.options[at].value.as_str())))
        }
        FieldType::Boolean => Ok(yes(&label)?.map(|yes| Secret::new(yes.to_string()))),
        _ => {
            let mut text = Text::new(&label).with_help_message("Esc: back · Ctrl-C: stop");
            if let Some(placeholder) = &field.placeholder {
                text = text.with_placeholder(placeholder);
            }
            if let Some(kept) = kept {
                text = text.with_initial_value(kept.expose());
            }
            Ok(answer(text.prompt())?.map(Secret::new))
        }
    }
}

/// Asks for a file and reads it, because a prompt cannot accept a multi-line value.
fn file(label: &str, is_kept: bool) -> Result<Option<Secret>, Halt> {
    let help = if is_kept {
        "path to the file · Enter: keep the value you entered · Esc: back"
    } else {
        "path to the file · Esc: back · Ctrl-C: stop"
    };
    let question = format!("{label}: read from file");
    loop {
        let Some(path) = answer(Text::new(&question).with_help_message(help).prompt())? else {
            return Ok(None);
        };
        // When a file is dragged into the terminal, its path may be quoted.
        let path = path.trim().trim_matches(['\'', '"']);
        if path.is_empty() {
            return Ok(Some(Secret::default()));
        }
        match inputs::file(Path::new(path)) {
            Ok(value) => return Ok(Some(value)),
            Err(failure) => anstream::println!("✗ {}", failure.message),
        }
    }
}
