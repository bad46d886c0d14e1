//! `waystone check`: reports every problem in guides.

mod checker;
mod fixes;
mod watch;

use guide::Applicability;
use jiff::Timestamp;
use jiff::civil::Date;

use self::checker::{Checker, Mode};
use crate::args::{CheckArgs, Common};
use crate::failure::{FOUND, Failure};
use crate::guides;
use crate::out::Out;

pub(crate) fn run(common: &Common, args: &CheckArgs, out: &Out) -> Result<u8, Failure> {
    let today = today(args)?;
    let mode = mode(args)?;
    let checker =
        Checker { today: &today, format: args.format, color: out.color, mode, runs_scenarios: args.test };
    if args.watch {
        return watch::run(&checker, args, out);
    }
    let places = guides::places(common, &args.paths)?;
    let result = checker.all(&places, out);
    if let Some(failure) = result.failure {
        return Err(failure);
    }
    let failed = match mode {
        // As in other tools that print a diff, the exit code says whether there are differences.
        Mode::Diff(_) => result.edits > 0,
        Mode::Report | Mode::Fix(_) => {
            result.count.errors > 0 || (args.deny.is_some() && result.count.warnings > 0)
        }
    };
    Ok(if failed { FOUND } else { 0 })
}

fn mode(args: &CheckArgs) -> Result<Mode, Failure> {
    let level = if args.unsafe_fixes { Applicability::Unsafe } else { Applicability::Safe };
    let (mode, option) = match (args.fix, args.diff) {
        (true, _) => (Mode::Fix(level), "--fix"),
        (false, true) => (Mode::Diff(level), "--diff"),
        (false, false) if args.unsafe_fixes => {
            return Err(Failure::usage("--unsafe-fixes does nothing on its own")
                .help("add --diff to review the fixes, or --fix to apply them"));
        }
        (false, false) => return Ok(Mode::Report),
    };
    if args.paths.is_empty() {
        let message = format!("{option} requires paths, because the built-in guides cannot be changed");
        return Err(Failure::usage(message));
    }
    Ok(mode)
}

fn today(args: &CheckArgs) -> Result<String, Failure> {
    let Some(day) = &args.today else { return Ok(Timestamp::now().to_string()[..10].to_owned()) };
    day.parse::<Date>().map(|_| day.clone()).map_err(|_| {
        Failure::usage(format!("--today must be a date, not `{day}`")).help("write it as YYYY-MM-DD")
    })
}
