//! `waystone render`: renders one guide, or all guides into a folder.

mod all;
mod writer;

use std::fs;
use std::path::Path;

use guide::Brand;
use render::{Audience, Options, Style, TerminalOptions};

use self::writer::Writer;
use crate::args::{AudienceArg, Common, RenderArgs, StyleArg};
use crate::failure::{Failure, cannot};
use crate::file::replace;
use crate::findings;
use crate::guides;
use crate::out::{Out, width};

pub(crate) fn run(common: &Common, args: &RenderArgs, out: &Out) -> Result<u8, Failure> {
    let read;
    let brand = match &args.brand {
        Some(file) => {
            read = brand(file, out)?;
            &read
        }
        None => guides::brand(),
    };
    let scopes = (!args.scopes.is_empty()).then(|| args.scopes.clone());
    let audience = match args.audience {
        AudienceArg::Link => Audience::Link,
        AudienceArg::Setup => Audience::Setup,
    };
    let style = match args.style {
        StyleArg::Semantic => Style::Semantic,
        StyleArg::Published => Style::Published,
    };
    let color = out.color && args.out.is_none();
    let terminal = TerminalOptions { width: width(), color };
    let writer = Writer {
        brand,
        options: Options { audience, scopes, redirect_uri: None },
        to: args.to,
        style,
        terminal,
    };
    let Some(name) = args.guide.as_ref().filter(|_| !args.all) else {
        return all::run(common, args, &writer, out);
    };
    let guide = guides::guide(common, name, out)?;
    let method = guides::method(&guide, args.method.as_deref())?;
    if !writer.has_page(method) {
        let message = format!("{} with {} has no setup guide for admins", guide.provider.name, method.label);
        return Err(Failure::usage(message).help("remove --audience setup"));
    }
    let text = writer.page(&guide, method);
    match &args.out {
        Some(file) => replace(file, &text).map_err(cannot("write", file))?,
        None => out.data(&text),
    }
    Ok(0)
}

fn brand(file: &Path, out: &Out) -> Result<Brand, Failure> {
    let name = file.display().to_string();
    let bytes = fs::read(file).map_err(cannot("read", file))?;
    guide::read_brand(&name, &bytes).into_usable().map_err(|reading| {
        findings::report(&reading.source, &reading.findings, out);
        Failure::found(format!("the brand `{name}` has errors"))
    })
}
