//! `waystone render`: one guide, one output.

use crate::args::{Common, RenderArgs};
use crate::failure::Failure;
use crate::guides;
use crate::out::Out;

pub(crate) fn run(common: &Common, args: &RenderArgs, out: &Out) -> Result<u8, Failure> {
    let guide = guides::guide(common, &args.guide, out)?;
    let method = guides::method(&guide, args.method.as_deref())?;
    let _ = (method, args);
    Err(Failure::usage("later"))
}
