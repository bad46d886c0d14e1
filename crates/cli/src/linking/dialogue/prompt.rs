//! Single prompts.

use guide::{Environment, Field, FieldType, Key, Method};
use inquire::error::InquireResult;
use inquire::{Confirm, InquireError, Password, PasswordDisplayMode, Select, Text};
use secret::Secret;

use crate::failure::{ENVIRONMENT, Failure};
use crate::linking::inputs;

/// How the person responded to a prompt.
pub(crate) enum Prompted<T> {
    /// The person answered.
    Value(T),
    /// They pressed Esc to go back.
    Back,
    /// They pressed Ctrl-C to stop.
    Stop,
}

fn prompted<T>(result: InquireResult<T>) -> Result<Prompted<T>, Failure> {
    match result {
        Ok(value) => Ok(Prompted::Value(value)),
        Err(InquireError::OperationCanceled) => Ok(Prompted::Back),
        Err(InquireError::OperationInterrupted) => Ok(Prompted::Stop),
        Err(InquireError::IO(error)) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            Ok(Prompted::Stop)
        }
        Err(error) => {
            let message = format!("cannot prompt on this terminal: {error}");
            Err(Failure {
                code: ENVIRONMENT,
                message,
                help: Some("use --no-input with --set and --set-file".to_owned()),
            })
        }
    }
}

/// Asks for the environment.
pub(crate) fn environment(method: &Method, environments: &[Environment]) -> Result<Prompted<Key>, Failure> {
    let lines: Vec<String> = environments
        .iter()
        .map(|one| match &one.description {
            Some(text) => format!("{} – {text}", one.label),
            None => one.label.clone(),
        })
        .collect();
    let short = |at: usize| environments[at].label.clone();
    let question = format!("Which {} do you want to link?", method.environment_label.to_lowercase());
    choice(&question, lines, &short).map(|answer| answer.map(|at| environments[at].key.clone()))
}

/// Asks for one of several lines and returns its index.
pub(crate) fn one_of(question: &str, lines: Vec<String>) -> Result<Prompted<usize>, Failure> {
    let short = lines.clone();
    choice(question, lines, &move |at| short[at].clone())
}

/// Asks for one of several lines and returns its index. `short` is the text that stays on the screen.
fn choice(
    question: &str,
    lines: Vec<String>,
    short: &dyn Fn(usize) -> String,
) -> Result<Prompted<usize>, Failure> {
    let formatter = |option: inquire::list_option::ListOption<&String>| short(option.index);
    let answer = Select::new(question, lines)
        .without_filtering()
        .with_help_message("↑↓: move · Enter: choose · Esc: back · Ctrl-C: stop")
        .with_formatter(&formatter)
        .raw_prompt();
    Ok(prompted(answer)?.map(|option| option.index))
}

/// Waits for the person to finish a step without fields.
pub(crate) fn go_on() -> Result<Prompted<()>, Failure> {
    let answer = Text::new("Done?").with_help_message("Enter: done · Esc: back · Ctrl-C: stop").prompt();
    Ok(prompted(answer)?.map(|_| ()))
}

/// Asks a yes-or-no question.
pub(crate) fn yes(question: &str) -> Result<Prompted<bool>, Failure> {
    prompted(Confirm::new(question).with_default(true).prompt())
}

/// Asks for a field's value. `None` keeps the value that was entered before.
pub(crate) fn field(field: &Field, kept: Option<&Secret>) -> Result<Prompted<Option<Secret>>, Failure> {
    let label = if field.required { field.label.clone() } else { format!("{} (optional)", field.label) };
    let stays = kept.is_some();
    if matches!(field.kind, FieldType::File | FieldType::Multiline) {
        return file(&label, stays);
    }
    if field.secret {
        let help = if stays {
            "Enter: keep the value you entered before · Esc: back"
        } else {
            "hidden as you type · Esc: back · Ctrl-C: stop"
        };
        let answer = Password::new(&label)
            .without_confirmation()
            .with_display_mode(PasswordDisplayMode::Masked)
            .with_help_message(help)
            .with_formatter(&|_| "••••••••".to_owned())
            .prompt();
        return Ok(prompted(answer)?.map(|text| {
            let value = Secret::new(text);
            (!value.is_empty() || !stays).then_some(value)
        }));
    }
    if field.kind == FieldType::Select {
        let lines = field.options.iter().map(|option| option.label.clone()).collect();
        return Ok(one_of(&label, lines)?.map(|at| Some(Secret::from(field.options[at].value.as_str()))));
    }
    if field.kind == FieldType::Boolean {
        return Ok(yes(&label)?.map(|yes| Some(Secret::from(if yes { "true" } else { "false" }))));
    }
    let mut text = Text::new(&label).with_help_message("Esc: back · Ctrl-C: stop");
    if let Some(placeholder) = &field.placeholder {
        text = text.with_placeholder(placeholder);
    }
    if let Some(kept) = kept {
        text = text.with_initial_value(kept.expose());
    }
    Ok(prompted(text.prompt())?.map(|text| Some(Secret::new(text))))
}

/// Asks for a file and reads it, because a prompt cannot take a value of several lines.
fn file(label: &str, stays: bool) -> Result<Prompted<Option<Secret>>, Failure> {
    let help = if stays {
        "path of the file · Enter: keep the value you entered before · Esc: back"
    } else {
        "path of the file · Esc: back · Ctrl-C: stop"
    };
    loop {
        let path = match prompted(
            Text::new(&format!("{label}: read from file")).with_help_message(help).prompt(),
        )? {
            Prompted::Value(path) => path,
            Prompted::Back => return Ok(Prompted::Back),
            Prompted::Stop => return Ok(Prompted::Stop),
        };
        // A path that was dragged into the terminal may be quoted.
        let path = path.trim().trim_matches(['\'', '"']);
        if path.is_empty() {
            return Ok(Prompted::Value((!stays).then(Secret::default)));
        }
        match inputs::file(path) {
            Ok(value) => return Ok(Prompted::Value(Some(value))),
            Err(failure) => anstream::println!("✗ {}", failure.message),
        }
    }
}

impl<T> Prompted<T> {
    /// Converts the value.
    pub(crate) fn map<U>(self, f: impl FnOnce(T) -> U) -> Prompted<U> {
        match self {
            Self::Value(value) => Prompted::Value(f(value)),
            Self::Back => Prompted::Back,
            Self::Stop => Prompted::Stop,
        }
    }
}
