//! The names that titles and labels can contain.

use std::borrow::Cow;

use crate::names::Names;
use crate::product::Product;
use crate::template::Target;

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
    pub(crate) fn text<'t>(&'t mut self, target: &Target, names: &'t Names<'_>) -> Cow<'t, str> {
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
