//! Lowers a whole guide.

use std::sync::Arc;

use crate::lower::lowering::Lowering;
use crate::model::{Action, Evidence, Guide, Lifecycle, Provider, Scope};
use crate::shape::{GuideShape, LifecycleShape, ProviderShape, Text};

/// Lowers a guide. `digest` is the SHA-256 of the guide's text.
pub(crate) fn guide(shape: &GuideShape, mut it: Lowering<'_>, digest: String) -> Option<Guide> {
    it.named.provider(&shape.provider.key.value, &shape.provider.name);
    let provider = it.provider(&shape.provider);
    let scope_names: Vec<&str> = shape.scopes.iter().map(|scope| scope.name.value.as_str()).collect();
    it.unique("scope", shape.scopes.iter().map(|scope| &scope.name));
    let scopes = shape
        .scopes
        .iter()
        .map(|scope| Scope {
            name: scope.name.value.clone(),
            description: scope.description.clone(),
            includes: it.scopes(&scope.includes, &scope_names),
            span: scope.name.span,
        })
        .collect();
    it.unique("action", shape.actions.iter().map(|action| &action.key));
    let actions = shape
        .actions
        .iter()
        .filter_map(|action| {
            Some(Action {
                key: it.key(&action.key)?,
                label: it.label(&action.label),
                description: action.description.clone(),
                scopes: it.scopes(&action.scopes, &scope_names),
                span: action.key.span,
            })
        })
        .collect();
    it.unique("method", shape.methods.iter().map(|method| &method.key));
    let methods: Vec<_> = shape.methods.iter().filter_map(|method| it.method(method, &scope_names)).collect();
    let evidence = shape
        .evidence
        .iter()
        .map(|fact| {
            it.date(&fact.checked_on);
            if let Some(source) = &fact.source {
                it.address(source);
            }
            Evidence {
                claim: fact.claim.value.clone(),
                source: fact.source.as_ref().map(|text| text.value.clone()),
                checked_on: fact.checked_on.value.clone(),
                standing: fact.standing,
                span: fact.claim.span,
            }
        })
        .collect();
    it.allowed(&shape.allow);
    it.literal_references();
    let (source, product, allow) = (Arc::clone(it.source), it.named.into_product(), it.allow);
    let provider = provider?;
    (!methods.is_empty()).then(|| Guide {
        source,
        digest,
        product,
        provider,
        scopes,
        actions,
        methods,
        evidence,
        allow,
    })
}

impl Lowering<'_> {
    fn provider(&mut self, shape: &ProviderShape) -> Option<Provider> {
        let key = self.key(&shape.key);
        for address in [&shape.homepage, &shape.api_docs].into_iter().flatten() {
            self.address(address);
        }
        let text = |text: &Option<Text>| text.as_ref().map(|text| text.value.clone());
        Some(Provider {
            key: key?,
            name: shape.name.clone(),
            aliases: shape.aliases.clone(),
            categories: shape.categories.clone(),
            icon: shape.icon.clone(),
            homepage: text(&shape.homepage),
            api_docs: text(&shape.api_docs),
            lifecycle: self.lifecycle(&shape.lifecycle),
            span: shape.key.span,
        })
    }

    pub(crate) fn lifecycle(&mut self, list: &[LifecycleShape]) -> Vec<Lifecycle> {
        list.iter()
            .map(|event| {
                self.date(&event.on);
                self.address(&event.source);
                Lifecycle {
                    event: event.event,
                    on: event.on.value.clone(),
                    says: event.says.clone(),
                    source: event.source.value.clone(),
                    span: event.on.span,
                }
            })
            .collect()
    }
}
