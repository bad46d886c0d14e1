//! Lowers a brand file.

use crate::brand::{Brand, LinkWording, SetupWording, Titled};
use crate::code::BAD_EGRESS_ADDRESS;
use crate::finding::{Finding, quoted};
use crate::lower::lowering::Lowering;
use crate::names::Names;
use crate::product::{BadAddress, EgressAddresses, egress_address};
use crate::prose::Prose;
use crate::shape::{BrandShape, Text};
use crate::template::{Context, Template};

/// Lowers a brand file.
pub(crate) fn brand(shape: &BrandShape, mut it: Lowering<'_>) -> Brand {
    for address in [&shape.support_url, &shape.site_url, &shape.redirect_uri].into_iter().flatten() {
        it.address(address);
    }
    let value = |text: &Option<Text>| text.as_ref().map(|text| text.value.clone());
    let (link, setup) = (&shape.wording.link, &shape.wording.setup);
    Brand {
        name: shape.name.clone(),
        hub: shape.hub.clone(),
        support_url: value(&shape.support_url),
        site_url: value(&shape.site_url),
        redirect_uri: shape.redirect_uri.as_ref().map(|text| it.wording(text)),
        egress_addresses: it.egress_addresses(&shape.egress_addresses),
        theme: shape.theme.clone(),
        twin_head: shape.wording.twin_head.iter().map(|text| it.wording(text)).collect(),
        link: LinkWording {
            title: it.wording(&link.title),
            description: it.wording(&link.description),
            heading: it.wording(&link.heading),
            open: it.titled(&link.open),
            fill: it.titled(&link.fill),
            connect_title: it.wording(&link.connect_title),
            connect: it.wording_lines(&link.connect),
            connect_in_browser: it.wording_lines(&link.connect_in_browser),
            closing: it.wording_prose(&link.closing),
        },
        setup: SetupWording {
            title: it.wording(&setup.title),
            description: it.wording(&setup.description),
            heading: it.wording(&setup.heading),
            intro: it.wording_prose(&setup.intro),
            open: it.titled(&setup.open),
            create_title: it.wording(&setup.create_title),
            before_fields: it.wording_lines(&setup.before_fields),
            fields: it.wording_prose(&setup.fields),
            optional: setup.optional.clone(),
            after_fields: it.wording_lines(&setup.after_fields),
        },
    }
}

impl Lowering<'_> {
    fn egress_addresses(&mut self, texts: &[Text]) -> EgressAddresses {
        let mut networks = Vec::with_capacity(texts.len());
        for text in texts {
            match egress_address(&text.value) {
                Ok(network) => networks.push(network),
                Err(why) => {
                    let message = format!("{} {why}", quoted(&text.value));
                    let found = Finding::new(&BAD_EGRESS_ADDRESS, text.span, message);
                    self.report(match why {
                        BadAddress::HostBits(network) => {
                            let better = network.to_string();
                            found.help(format!("write `{better}`")).fix(text.span, format!("'{better}'"))
                        }
                        BadAddress::Malformed | BadAddress::NotPublic => found,
                    });
                }
            }
        }
        EgressAddresses::new(networks)
    }

    fn wording(&mut self, text: &Text) -> Template {
        self.template(text, Context::Wording, &Names::default())
    }

    fn wording_prose(&mut self, text: &Text) -> Prose {
        self.prose(text, Context::Wording, &Names::default())
    }

    fn wording_lines(&mut self, texts: &[Text]) -> Vec<Prose> {
        texts.iter().map(|text| self.wording_prose(text)).collect()
    }

    fn titled(&mut self, shape: &Titled<Text, Text>) -> Titled {
        Titled { title: self.wording(&shape.title), text: self.wording_prose(&shape.text) }
    }
}
