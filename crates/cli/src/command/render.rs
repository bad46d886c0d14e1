//! `waystone render`: one guide, one output.

use std::fs;
use std::path::Path;

use guide::Brand;
use render::{Audience, Options, Style, TerminalOptions};

use crate::args::{AudienceArg, Common, Medium, RenderArgs, StyleArg};
use crate::failure::{FOUND, Failure};
use crate::findings::text;
use crate::guides;
use crate::out::{Out, replace, width};

pub(crate) fn run(common: &Common, args: &RenderArgs, out: &Out) -> Result<u8, Failure> {
    let guide = guides::guide(common, &args.guide, out)?;
    let method = guides::method(&guide, args.method.as_deref())?;
    let read;
    let brand = match &args.brand {
        Some(file) => {
            read = brand(file, out)?;
            &read
        }
        None => guides::brand(),
    };
    let audience = match args.audience {
        AudienceArg::Link => Audience::Link,
        AudienceArg::Setup => Audience::Setup,
    };
    if audience == Audience::Setup && method.setup.is_none() {
        let message = format!("{} with {} has no guide for admins", guide.provider.name, method.label);
        return Err(Failure::usage(message).help("leave out --audience setup"));
    }
    let style = match args.style {
        StyleArg::Semantic => Style::Semantic,
        StyleArg::Published => Style::Published,
    };
    let scopes = if args.scopes.is_empty() { None } else { Some(args.scopes.clone()) };
    let page = render::page(&guide, method, brand, &Options { audience, scopes });
    let color = out.color && args.out.is_none();
    let text = match args.to {
        Medium::Mdx => render::mdx(&page, style),
        Medium::Md => render::markdown(&page, style),
        Medium::Html => render::html(&page),
        Medium::Text => render::terminal(&page, TerminalOptions { width: width(), color }),
        Medium::Json => format!("{:#}\n", render::json(&page)),
    };
    match &args.out {
        Some(file) => replace(file, &text)
            .map_err(|error| Failure::io(format!("cannot write `{}`", file.display()), &error))?,
        None => out.data(&text),
    }
    Ok(0)
}

fn brand(file: &Path, out: &Out) -> Result<Brand, Failure> {
    let name = file.display().to_string();
    let bytes = fs::read(file).map_err(|error| Failure::io(format!("cannot read `{name}`"), &error))?;
    catalog::read_brand(&name, &bytes).into_usable().map_err(|reading| {
        for finding in &reading.findings {
            out.say(text(&reading.source, finding, out.color_err).trim_end());
            out.say("");
        }
        Failure { code: FOUND, message: format!("the brand `{name}` has errors"), help: None }
    })
}
