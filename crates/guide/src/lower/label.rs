//! Lowers titles and labels, which are plain text everywhere: replaces their references with names.
//!
//! **Invariant:** a label contains no other label, and no title contains a title, so each is complete when it is read.

use std::borrow::Cow;

use crate::lower::lowering::Lowering;
use crate::names::Names;
use crate::product::Product;
use crate::shape::Text;
use crate::template::{Context, Part, Target};

/// The names that titles and labels can contain anywhere in a guide.
pub(crate) struct Named<'a> {
    product: &'a Product,
    provider_key: String,
    provider_name: String,
    /// Whether a title or label contains one of the product's names.
    has_product: bool,
}

impl<'a> Named<'a> {
    /// Creates the names, without the provider's.
    pub(crate) fn new(product: &'a Product) -> Self {
        Self { product, provider_key: String::new(), provider_name: String::new(), has_product: false }
    }

    /// Sets the provider's names.
    pub(crate) fn provider(&mut self, key: &str, name: &str) {
        key.clone_into(&mut self.provider_key);
        name.clone_into(&mut self.provider_name);
    }

    /// Returns the product, if a title or label contains one of its names.
    pub(crate) fn into_product(self) -> Option<Product> {
        self.has_product.then(|| self.product.clone())
    }

    /// Returns the text for a reference in a title or label.
    fn text<'t>(&'t mut self, target: &Target, names: &'t Names<'_>) -> Cow<'t, str> {
        match target {
            Target::ProviderKey => self.provider_key.as_str().into(),
            Target::ProviderName => self.provider_name.as_str().into(),
            Target::MethodLabel => names.method_label.as_str().into(),
            Target::Label(field) => {
                let label = names.labels.iter().find(|(key, _)| key == field);
                label.map_or("", |(_, label)| label.as_str()).into()
            }
            Target::BrandName | Target::BrandHub | Target::BrandEgressAddresses => {
                self.has_product = true;
                match target {
                    Target::BrandName => self.product.name.as_str().into(),
                    Target::BrandHub => self.product.hub.as_str().into(),
                    _ => self.product.addresses().into(),
                }
            }
            // Neither context allows another reference.
            _ => "".into(),
        }
    }
}

impl Lowering<'_> {
    /// Returns the title of a section or step.
    pub(crate) fn title(&mut self, text: &Text, names: &Names<'_>) -> String {
        self.named_text(text, Context::Title, names)
    }

    /// Returns a label.
    pub(crate) fn label(&mut self, text: &Text) -> String {
        self.named_text(text, Context::Label, &Names::default())
    }

    fn named_text(&mut self, text: &Text, context: Context, names: &Names<'_>) -> String {
        if !text.value.contains("{{") {
            return text.value.clone();
        }
        let mut out = String::new();
        for part in self.template(text, context, names).parts {
            match part {
                Part::Text(text) => out.push_str(&text),
                Part::Reference(reference) => out.push_str(&self.named.text(&reference.target, names)),
            }
        }
        out
    }
}
