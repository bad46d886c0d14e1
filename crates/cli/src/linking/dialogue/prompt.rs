//! Single prompts. Each function returns `None` if the person presses Esc to go back.

use std::path::Path;

use guide::{Environment, Field, FieldType, Key, Method};
use inquire::error::{CustomUserError, InquireResult};
use inquire::validator::Validation;
use inquire::{Confirm, InquireError, Password, PasswordDisplayMode, Select, Text};
use secret::Secret;

use crate::failure::{ENVIRONMENT, Failure};
use crate::linking::inputs;
use crate::out::width;
use crate::prose;

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

/// Wraps the text of a prompt, which follows a mark of two columns, so that the last line has room for a space and `more`
/// columns.
fn fitted(text: &str, more: usize) -> String {
    let marked = prose::wrapped(&format!("? {text}"), width().saturating_sub(more + 1));
    marked.strip_prefix("? ").map(str::to_owned).unwrap_or(marked)
}

/// Returns an answer as it appears after its question. If it does not fit on the line, it begins a new one.
fn shown(question: &str, answer: &str) -> String {
    let last = question.lines().last().unwrap_or_default();
    if prose::width_of(last) + prose::width_of(answer) + 3 <= width() {
        return answer.to_owned();
    }
    format!("\n  {}", fitted(answer, 0))
}

/// Returns a check that refuses an empty answer if a value is required. The prompt shows the refusal in place, however
/// often the person presses Enter.
fn refuses_nothing(
    field: &Field,
    is_kept: bool,
) -> impl Fn(&str) -> Result<Validation, CustomUserError> + Clone + use<> {
    let refused = if is_kept { None } else { field.keep("", &[]).err() };
    let message = refused.map(|refused| fitted(&refused.says, 0));
    move |typed: &str| match &message {
        Some(message) if typed.trim().is_empty() => Ok(Validation::Invalid(message.clone().into())),
        _ => Ok(Validation::Valid),
    }
}

/// Asks the person to choose an environment.
pub(crate) fn environment(method: &Method, environments: &[Environment]) -> Result<Option<Key>, Halt> {
    let line = |one: &Environment| match &one.description {
        Some(text) => format!("{} – {text}", one.label),
        None => one.label.clone(),
    };
    let labels: Vec<String> = environments.iter().map(|one| one.label.clone()).collect();
    let lines: Vec<String> = environments.iter().map(line).collect();
    let question = format!("Which {} do you want to link?", method.environment_label.to_lowercase());
    let chosen = choice(&question, &lines, &labels)?;
    Ok(chosen.map(|at| environments[at].key.clone()))
}

/// Asks the person to choose one of several lines and returns the line's index.
pub(crate) fn one_of(question: &str, lines: &[String]) -> Result<Option<usize>, Halt> {
    choice(question, lines, lines)
}

/// Asks the person to choose one of several lines and returns the line's index. `short` contains a short form of each
/// line, which replaces the line on the screen when the person chooses it.
fn choice(question: &str, lines: &[String], short: &[String]) -> Result<Option<usize>, Halt> {
    let question = fitted(question, 0);
    // A deeper indentation tells continuation lines from the other options.
    let lines: Vec<String> =
        lines.iter().map(|line| prose::hung(line, 4, width().saturating_sub(3))).collect();
    let help = fitted("↑↓: move · Enter: choose · Esc: back · Ctrl-C: stop", 0);
    let formatter =
        |option: inquire::list_option::ListOption<&String>| shown(&question, &short[option.index]);
    let chosen = Select::new(&question, lines)
        .without_filtering()
        .with_help_message(&help)
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
    // The prompt adds `(Y/n)`, a space and the answer.
    answer(Confirm::new(&fitted(question, 8)).with_default(true).prompt())
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
        FieldType::File | FieldType::Multiline => file(&label, field, kept.is_some()),
        _ if field.secret => {
            let help = match kept {
                Some(_) => "Enter: keep the value you entered · Esc: back",
                None => "hidden as you type · Esc: back · Ctrl-C: stop",
            };
            let typed = Password::new(&label)
                .with_validator(refuses_nothing(field, kept.is_some()))
                .without_confirmation()
                .with_display_mode(PasswordDisplayMode::Masked)
                .with_help_message(&fitted(help, 0))
                .with_formatter(&|_| "••••••••".to_owned())
                .prompt();
            Ok(answer(typed)?.map(Secret::new))
        }
        FieldType::Select => {
            let lines: Vec<String> = field.options.iter().map(|option| option.label.clone()).collect();
            Ok(one_of(&label, &lines)?.map(|at| Secret::from(field.options[at].value.as_str())))
        }
        FieldType::Boolean => Ok(yes(&label)?.map(|yes| Secret::new(yes.to_string()))),
        _ => {
            let formatter = |typed: &str| shown(&label, typed);
            let keys = "Esc: back · Ctrl-C: stop";
            // A placeholder that does not fit next to the label would break within a word.
            let is_beside = |text: &&String| prose::width_of(&label) + prose::width_of(text) + 4 <= width();
            let help = match field.placeholder.as_ref().filter(|text| !is_beside(text)) {
                Some(placeholder) => fitted(&format!("for example {placeholder} · {keys}"), 0),
                None => keys.to_owned(),
            };
            let mut text = Text::new(&label)
                .with_validator(refuses_nothing(field, false))
                .with_formatter(&formatter)
                .with_help_message(&help);
            if let Some(placeholder) = field.placeholder.as_ref().filter(is_beside) {
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
fn file(label: &str, field: &Field, is_kept: bool) -> Result<Option<Secret>, Halt> {
    let help = if is_kept {
        "path to the file · Enter: keep the value you entered · Esc: back"
    } else {
        "path to the file · Esc: back · Ctrl-C: stop"
    };
    let (question, help) = (fitted(&format!("{label}: read from file"), 0), fitted(help, 0));
    let formatter = |typed: &str| shown(&question, typed);
    loop {
        let prompt = Text::new(&question).with_help_message(&help).with_formatter(&formatter);
        let prompt = prompt.with_validator(refuses_nothing(field, is_kept));
        let Some(path) = answer(prompt.prompt())? else { return Ok(None) };
        // When a file is dragged into the terminal, its path may be quoted.
        let path = path.trim().trim_matches(['\'', '"']);
        if path.is_empty() {
            return Ok(Some(Secret::default()));
        }
        match inputs::file(Path::new(path)) {
            Ok(value) => return Ok(Some(value)),
            Err(failure) => {
                anstream::println!("{}", prose::wrapped(&format!("✗ {}", failure.message), width()));
            }
        }
    }
}
