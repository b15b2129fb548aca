/* Passkeys: shows their buttons where the browser knows them, asks it for one, and sends its answer as a form. */
(() => {
  "use strict";

  if (!window.PublicKeyCredential) return;
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
  const text = (buffer) => (buffer === null ? null : btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, ""));
  const known = (list) => (list || []).map((each) => ({ ...each, id: bytes(each.id) }));

  const create = async (options) => {
    const user = { ...options.user, id: bytes(options.user.id) };
    const publicKey = { ...options, user, challenge: bytes(options.challenge), excludeCredentials: known(options.excludeCredentials) };
    delete publicKey.extensions;
    const made = await navigator.credentials.create({ publicKey });
    const transports = made.response.getTransports ? made.response.getTransports() : [];
    return { ...named(made), response: {
      attestationObject: text(made.response.attestationObject),
      clientDataJSON: text(made.response.clientDataJSON),
      transports,
    } };
  };
  const get = async (options) => {
    const publicKey = { ...options, challenge: bytes(options.challenge), allowCredentials: known(options.allowCredentials) };
    const shown = await navigator.credentials.get({ publicKey });
    return { ...named(shown), response: {
      authenticatorData: text(shown.response.authenticatorData),
      clientDataJSON: text(shown.response.clientDataJSON),
      signature: text(shown.response.signature),
      userHandle: text(shown.response.userHandle),
    } };
  };
  const named = (key) => ({ id: key.id, rawId: text(key.rawId), type: key.type });

  for (const form of document.querySelectorAll("[data-passkeys]")) form.hidden = false;

  const form = document.querySelector("[data-passkey]");
  if (!form) return;
  const asking = form.querySelector("[data-asking]");
  form.querySelector("[data-no-scripts]").hidden = true;
  asking.hidden = false;
  const ask = form.dataset.passkey === "create" ? create : get;
  ask(JSON.parse(form.dataset.options)).then((answer) => {
    form.elements.credential.value = JSON.stringify(answer);
    form.submit();
  }).catch(() => {
    asking.hidden = true;
    form.querySelector("[data-failed]").hidden = false;
  });
})();
