//! Asking one thing.

use guide::{Environment, Field, FieldType, Key, Method};
use inquire::error::InquireResult;
use inquire::{Confirm, InquireError, Password, PasswordDisplayMode, Select, Text};
use secret::Secret;

use crate::failure::{ENVIRONMENT, Failure};
use crate::linking::given;

/// What the person said.
pub(crate) enum Said<T> {
    /// This.
    This(T),
    /// Esc: back to where they came from.
    Back,
    /// Ctrl-C: enough.
    Stop,
}

fn said<T>(result: InquireResult<T>) -> Result<Said<T>, Failure> {
    match result {
        Ok(value) => Ok(Said::This(value)),
        Err(InquireError::OperationCanceled) => Ok(Said::Back),
        Err(InquireError::OperationInterrupted) => Ok(Said::Stop),
        Err(InquireError::IO(error)) if error.kind() == std::io::ErrorKind::UnexpectedEof => Ok(Said::Stop),
        Err(error) => {
            let message = format!("the terminal cannot be asked: {error}");
            Err(Failure {
                code: ENVIRONMENT,
                message,
                help: Some("use --no-input with --set and --set-file".to_owned()),
            })
        }
    }
}

/// Which environment.
pub(crate) fn environment(method: &Method, environments: &[Environment]) -> Result<Said<Key>, Failure> {
    let lines: Vec<String> = environments
        .iter()
        .map(|one| match &one.description {
            Some(text) => format!("{} – {text}", one.label),
            None => one.label.clone(),
        })
        .collect();
    let short = |at: usize| environments[at].label.clone();
    let question = format!("Which {} do you link?", method.environment_label.to_lowercase());
    choice(&question, lines, &short).map(|said| said.map(|at| environments[at].key.clone()))
}

/// One of several lines, by index.
pub(crate) fn one_of(question: &str, lines: Vec<String>) -> Result<Said<usize>, Failure> {
    let short = lines.clone();
    choice(question, lines, &move |at| short[at].clone())
}

/// One of several lines, by index; what stays on the screen is shorter.
fn choice(
    question: &str,
    lines: Vec<String>,
    short: &dyn Fn(usize) -> String,
) -> Result<Said<usize>, Failure> {
    let formatter = |option: inquire::list_option::ListOption<&String>| short(option.index);
    let answer = Select::new(question, lines)
        .without_filtering()
        .with_help_message("↑↓: move · Enter: choose · Esc: back · Ctrl-C: stop here")
        .with_formatter(&formatter)
        .raw_prompt();
    Ok(said(answer)?.map(|option| option.index))
}

/// Whether to go on, where there is nothing to type in.
pub(crate) fn go_on() -> Result<Said<()>, Failure> {
    let answer = Text::new("Done?").with_help_message("Enter: done · Esc: back · Ctrl-C: stop here").prompt();
    Ok(said(answer)?.map(|_| ()))
}

/// Yes or no.
pub(crate) fn yes(question: &str) -> Result<Said<bool>, Failure> {
    said(Confirm::new(question).with_default(true).prompt())
}

/// What is typed into a field; nothing, where what was kept before stays.
pub(crate) fn field(field: &Field, kept: Option<&Secret>) -> Result<Said<Option<Secret>>, Failure> {
    let label = if field.required { field.label.clone() } else { format!("{} (optional)", field.label) };
    let stays = kept.is_some();
    if matches!(field.kind, FieldType::File | FieldType::Multiline) {
        return file(&label, stays);
    }
    if field.secret {
        let help = if stays {
            "Enter: keep the one typed before · Esc: back"
        } else {
            "hidden as you type · Esc: back · Ctrl-C: stop here"
        };
        let answer = Password::new(&label)
            .without_confirmation()
            .with_display_mode(PasswordDisplayMode::Masked)
            .with_help_message(help)
            .with_formatter(&|_| "••••••••".to_owned())
            .prompt();
        return Ok(said(answer)?.map(|text| {
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
    let mut text = Text::new(&label).with_help_message("Esc: back · Ctrl-C: stop here");
    if let Some(placeholder) = &field.placeholder {
        text = text.with_placeholder(placeholder);
    }
    if let Some(kept) = kept {
        text = text.with_initial_value(kept.expose());
    }
    Ok(said(text.prompt())?.map(|text| Some(Secret::new(text))))
}

/// What is in a file: lines cannot be typed or pasted into a prompt one by one.
fn file(label: &str, stays: bool) -> Result<Said<Option<Secret>>, Failure> {
    let help = if stays {
        "the path of a file · Enter: keep what was given before · Esc: back"
    } else {
        "the path of a file that holds it · Esc: back · Ctrl-C: stop here"
    };
    loop {
        let path = match said(Text::new(&format!("{label}, from the file")).with_help_message(help).prompt())?
        {
            Said::This(path) => path,
            Said::Back => return Ok(Said::Back),
            Said::Stop => return Ok(Said::Stop),
        };
        // A path that was dragged into the terminal may have quotes around it.
        let path = path.trim().trim_matches(['\'', '"']);
        if path.is_empty() {
            return Ok(Said::This((!stays).then(Secret::default)));
        }
        match given::file(path) {
            Ok(value) => return Ok(Said::This(Some(value))),
            Err(failure) => anstream::println!("✗ {}", failure.message),
        }
    }
}

impl<T> Said<T> {
    /// The same, with something else said.
    pub(crate) fn map<U>(self, f: impl FnOnce(T) -> U) -> Said<U> {
        match self {
            Self::This(value) => Said::This(f(value)),
            Self::Back => Said::Back,
            Self::Stop => Said::Stop,
        }
    }
}
