//! Tests of every page, in every state that a guide's own scenarios lead to.

#[path = "../../examples/gallery/played.rs"]
mod played;
#[path = "../../examples/gallery/views.rs"]
mod views;

mod contents;
mod hostile;
mod language;
mod size;

use hub::pages::Assets;

/// Renders every page of every built-in guide.
fn every_page() -> views::Pages {
    let brand = catalog::shipped_brand();
    let assets = Assets::of(&brand);
    views::all(&brand, &assets, &catalog::shipped(), &[])
}
