//! `waystone check`: reports every problem in guides.

mod checker;
mod fixes;
mod watch;

use jiff::Timestamp;
use jiff::civil::Date;

use self::checker::Checker;
use crate::args::{CheckArgs, Common};
use crate::failure::{FOUND, Failure};
use crate::guides;
use crate::out::Out;

pub(crate) fn run(common: &Common, args: &CheckArgs, out: &Out) -> Result<u8, Failure> {
    let today = today(args)?;
    if args.fix && args.paths.is_empty() {
        return Err(Failure::usage("--fix requires paths, because the built-in guides cannot be changed"));
    }
    let checker = Checker { today: &today, format: args.format, color: out.color, fix: args.fix };
    if args.watch {
        return watch::run(&checker, args, out);
    }
    let places = guides::places(common, &args.paths)?;
    let (count, failure) = checker.all(&places, out);
    if let Some(failure) = failure {
        return Err(failure);
    }
    let failed = count.errors > 0 || (args.deny.is_some() && count.warnings > 0);
    Ok(if failed { FOUND } else { 0 })
}

fn today(args: &CheckArgs) -> Result<String, Failure> {
    let Some(day) = &args.today else { return Ok(Timestamp::now().to_string()[..10].to_owned()) };
    day.parse::<Date>().map(|_| day.clone()).map_err(|_| {
        Failure::usage(format!("--today must be a date, not `{day}`")).help("write it as YYYY-MM-DD")
    })
}
