//! Tests what pages must and must not contain, in every state that a guide's scenarios lead to.

#[path = "../../examples/gallery/played.rs"]
mod played;
#[path = "../../examples/gallery/views.rs"]
mod views;

mod accounts;
mod documented;
mod hostile;
mod language;
mod problems;
mod texts;
mod weight;

use hub::pages::Assets;

/// Returns every page for every built-in guide.
fn every_page() -> views::Pages {
    let brand = catalog::shipped_brand();
    let assets = Assets::of(&brand);
    views::all(&brand, &assets, &catalog::shipped(), &[])
}
