// <waystone-hub token="…">: embeds the linking pages in your page. See docs/embedding.md.
(() => {
  "use strict";
  if (customElements.get("waystone-hub")) return;
  const script = document.currentScript?.src;
  const home = script ? new URL(script).origin : "HUB";
  const ATTRIBUTES = ["token", "base-url", "theme", "language", "show-footer-links", "height", "mode", "on-close-label"];
  const RELOADS = ATTRIBUTES.slice(0, 5);
  const MIN_HEIGHT = 320;
  const EXPLANATIONS = {
    origin_not_allowed: `the session does not allow this page's origin: create the session with "allowed_origins": ["${location.origin}"] (POST /connect_sessions)`,
    no_session: "no open session has this token: the session has expired or was revoked, or the token is incomplete. Create a session for each visit",
    link_used: "the session was created with single_use, and has been opened in another browser",
    unreachable: "the Hub does not respond at base-url, or this page's Content-Security-Policy does not allow the Hub in frame-src (allow the Hub in connect-src, too, for a more precise message)",
  };
  const camel = (name) => name.replace(/-(.)/g, (_, letter) => letter.toUpperCase());

  class WaystoneHub extends HTMLElement {
    static observedAttributes = ATTRIBUTES;
    #frame; #dialog; #timer; #closed; #due; #linked; #shown; #over; #url;

    constructor() {
      super();
      // Every Content-Security-Policy allows constructed style sheets.
      const style = new CSSStyleSheet();
      style.replaceSync(`:host{display:block}:host([mode=modal]){display:contents}:host([hidden]){display:none}
        iframe{display:block;width:100%;min-height:${MIN_HEIGHT}px;border:0;color-scheme:normal}iframe[hidden]{display:none}
        dialog{box-sizing:border-box;width:min(100vw,60rem);max-width:100vw;max-height:calc(100dvh - 2rem);padding:0;border:0;border-radius:12px;overflow:auto;background:#fff;color:CanvasText}
        dialog.light{color-scheme:light}dialog.dark{color-scheme:dark;background:#1a1e23}dialog.auto{color-scheme:light dark}
        @media(prefers-color-scheme:dark){dialog.auto{background:#1a1e23}}
        dialog::backdrop{background:rgb(0 0 0/55%)}
        button{display:block;position:sticky;inset-block-start:.5rem;z-index:1;margin:.5rem .5rem 0 auto;padding:.5rem .9rem;border:0;border-radius:6px;background:inherit;color:inherit;font:inherit;cursor:pointer}
        button:hover{text-decoration:underline}button:focus-visible{outline:2px solid}`);
      this.attachShadow({ mode: "open" }).adoptedStyleSheets = [style];
    }

    connectedCallback() {
      // Applies properties that were set before this script loaded.
      for (const name of ATTRIBUTES.map(camel)) {
        if (Object.hasOwn(this, name)) {
          const value = this[name];
          delete this[name];
          this[name] = value;
        }
      }
      addEventListener("message", this.#receive);
      this.#schedule();
    }

    disconnectedCallback() {
      removeEventListener("message", this.#receive);
      this.#unload();
    }

    attributeChangedCallback(name, before, now) {
      if (before === now) return;
      if (RELOADS.includes(name)) this.#schedule();
      else if (name === "mode") { this.#unload(); this.#schedule(); }
      else this.#resize();
    }

    /** Shows the linking pages. A modal stays closed until this method is called. */
    open() {
      this.#closed = false;
      this.#load();
    }

    /** Hides the linking pages. Entered values are kept until the session is over or `token` changes. */
    close() {
      if (!this.#frame || this.#frame.hidden) return;
      this.#closed = true;
      // A result, a problem or an empty frame contains no entered values.
      if (this.#over || !this.#shown) this.#unload();
      else {
        this.#frame.hidden = true;
        this.#dialog?.close();
      }
      this.#dispatch("close");
    }

    // Combines attribute changes that are made at the same time into a single reload.
    #schedule() {
      if (this.#due) return;
      this.#due = true;
      queueMicrotask(() => {
        this.#due = false;
        const isShown = this.mode === "modal" ? this.#frame?.hidden === false : !this.#closed;
        if (isShown) this.#load();
        // Entered values must not appear in another session.
        else if (this.#url !== this.#address()) this.#unload();
      });
    }

    #address() {
      if (!this.token) return undefined;
      const query = new URLSearchParams({ parent: location.origin });
      if (["light", "dark"].includes(this.theme)) query.set("theme", this.theme);
      if (this.language) query.set("language", this.language);
      if (this.showFooterLinks) query.set("footer", "1");
      return `${this.baseUrl}/link/${encodeURIComponent(this.token)}?${query}`;
    }

    // Shows the kept frame, unless its session is over or its address has changed.
    #load() {
      const url = this.#address();
      if (this.#frame && this.#url === url && !this.#over) return this.#show();
      this.#unload();
      if (!url || !this.isConnected) return;
      const frame = document.createElement("iframe");
      frame.title = this.getAttribute("aria-label") ?? "Link an account";
      frame.referrerPolicy = "no-referrer";
      frame.allow = "clipboard-write";
      frame.src = this.#url = url;
      this.#frame = frame;
      this.#shown = this.#over = false;
      // The Hub's pages send a message before the frame's `load` event. If no message arrives, the frame is empty or
      // shows a different page.
      frame.addEventListener("load", () => this.#wait(2000));
      this.#wait(30000);
      if (this.mode === "modal") this.#modal(frame);
      else this.shadowRoot.append(frame);
      this.#resize();
    }

    #show() {
      const frame = this.#frame;
      if (!frame.hidden) return;
      frame.hidden = false;
      this.#dialog?.showModal();
      if (this.#dialog) frame.focus();
      // The page in the frame checks whether it is outdated.
      frame.contentWindow.postMessage({ source: "waystone", type: "shown" }, new URL(this.baseUrl).origin);
    }

    #modal(frame) {
      const dialog = document.createElement("dialog");
      const button = document.createElement("button");
      button.type = "button";
      dialog.className = ["light", "dark"].includes(this.theme) ? this.theme : "auto";
      dialog.setAttribute("aria-label", frame.title);
      button.addEventListener("click", () => this.close());
      // Browsers may close a dialog without a `cancel` event.
      dialog.addEventListener("close", () => { if (dialog === this.#dialog && !dialog.open) this.close(); });
      dialog.append(button, frame);
      this.shadowRoot.append(dialog);
      this.#dialog = dialog;
      dialog.showModal();
    }

    #unload() {
      clearTimeout(this.#timer);
      this.#dialog?.close();
      (this.#dialog ?? this.#frame)?.remove();
      this.#frame = this.#dialog = undefined;
    }

    #resize(height) {
      if (!this.#frame) return;
      const fixed = this.height;
      if (fixed) this.#frame.style.height = /^\d+$/.test(fixed) ? `${fixed}px` : fixed;
      else if (height) this.#frame.style.height = `${Math.max(MIN_HEIGHT, height)}px`;
      const button = this.#dialog?.querySelector("button");
      if (button) button.textContent = this.onCloseLabel ?? (this.language?.startsWith("de") ? "Schließen" : "Close");
    }

    #receive = ({ source, origin, data }) => {
      if (!this.#frame || source !== this.#frame.contentWindow || origin !== new URL(this.baseUrl).origin) return;
      if (data?.source !== "waystone") return;
      const { type, detail, provider, height } = data;
      if (type === "page") {
        clearTimeout(this.#timer);
        this.#over = false;
        if (!this.#shown) this.#dispatch("load");
        // Scrolls to the top of the new page.
        else if (!this.#dialog && !this.#closed && this.getBoundingClientRect().top < 0) this.scrollIntoView();
        else this.#dialog?.scrollTo(0, 0);
        this.#shown = true;
      } else if (type === "height" && Number.isFinite(height)) this.#resize(height);
      else if (type === "close") { if (this.#dialog) this.close(); else this.#dispatch("close"); }
      else if (type === "failed") {
        // Without cookies, the person continues in a window that needs this frame.
        this.#over = detail !== "cookies_blocked";
        this.#fail(detail);
      } else if (type === "linked") {
        this.#over = true;
        if (this.#linked === detail) return;
        this.#linked = detail;
        this.#dispatch("success", { id: detail, provider });
      }
    };

    #wait(milliseconds) {
      clearTimeout(this.#timer);
      if (!this.#shown) this.#timer = setTimeout(() => this.#explain(), milliseconds);
    }

    // Browsers do not report why a frame stays empty, so this asks the Hub whether the session's token is valid.
    async #explain() {
      const frame = this.#frame;
      let code = "unreachable";
      try {
        const answer = await fetch(`${this.baseUrl}/hub/settings`, { headers: { "x-hub-session-token": this.token } });
        if (answer.ok) code = "origin_not_allowed";
        else if (answer.status === 401) code = "no_session";
      } catch { /* The Hub cannot be reached, or this page's policy forbids the request. */ }
      if (frame !== this.#frame || this.#shown) return;
      this.#unload();
      this.#fail(code);
    }

    #fail(code) {
      if (EXPLANATIONS[code]) console.error(`<waystone-hub>: ${code}: ${EXPLANATIONS[code]}`);
      this.#dispatch("error", { code });
    }

    // Error events do not bubble, because error handlers on `window` would mistake them for script errors.
    #dispatch(name, detail) {
      const bubbles = name !== "error";
      this[`on${name[0].toUpperCase()}${name.slice(1)}`]?.(detail);
      this.dispatchEvent(new CustomEvent(name, { detail, bubbles, composed: true }));
    }

    get baseUrl() { return (this.getAttribute("base-url") || home).replace(/\/+$/, ""); }
    set baseUrl(value) { this.#set("base-url", value); }
    get showFooterLinks() { return (this.getAttribute("show-footer-links") ?? "false") !== "false"; }
    set showFooterLinks(value) { this.#set("show-footer-links", value ? "" : null); }

    #set(name, value) {
      if (value === null || value === undefined) this.removeAttribute(name);
      else this.setAttribute(name, value);
    }

    static {
      for (const name of ATTRIBUTES) {
        if (Object.hasOwn(this.prototype, camel(name))) continue;
        Object.defineProperty(this.prototype, camel(name), {
          configurable: true,
          enumerable: true,
          get() { return this.getAttribute(name); },
          set(value) { this.#set(name, value); },
        });
      }
    }
  }
  customElements.define("waystone-hub", WaystoneHub);
})();
