/* The page of the description: each call has a form that sends it with the key typed above. The key never leaves the
   page but as the Authorization header of these calls; no cookie goes along. */
(() => {
  "use strict";

  const words = document.currentScript.dataset;
  const key = document.getElementById("api-key");
  const LONGEST = 20000;

  const address = (form) => {
    let path = form.dataset.path;
    const asked = new URLSearchParams();
    for (const field of form.querySelectorAll("input[name]")) {
      if ("inPath" in field.dataset) path = path.replace(`{${field.name}}`, encodeURIComponent(field.value));
      else if (field.value !== "") asked.set(field.name, field.value);
    }
    return asked.size ? `${path}?${asked}` : path;
  };

  const call = (form) => {
    const body = form.querySelector("[data-body]");
    const headers = { Authorization: `Bearer ${key.value.trim()}`, "Accept-Language": document.documentElement.lang };
    if (body) {
      headers["Content-Type"] = "application/json";
      headers["Idempotency-Key"] = crypto.randomUUID ? crypto.randomUUID() : `page-${Date.now()}`;
    }
    return fetch(address(form), {
      method: form.dataset.method, headers, body: body ? body.value : undefined, credentials: "omit", cache: "no-store",
    });
  };

  const shown = async (answer) => {
    const type = answer.headers.get("Content-Type") || "";
    if (!type.includes("json")) return type;
    const text = await answer.text();
    return JSON.stringify(JSON.parse(text), null, 2).slice(0, LONGEST);
  };

  const send = async (form) => {
    const place = form.querySelector(".api-answer");
    const status = place.querySelector("[data-status]");
    const text = place.querySelector("[data-answer]");
    place.hidden = false;
    status.textContent = words.waiting;
    text.textContent = "";
    try {
      const answer = await call(form);
      status.textContent = `${answer.status} ${answer.statusText}`;
      text.textContent = await shown(answer);
    } catch {
      status.textContent = words.unreached;
    }
  };

  document.querySelector("[data-key]").hidden = false;
  for (const form of document.querySelectorAll(".api-try")) {
    form.hidden = false;
    form.addEventListener("submit", (event) => { event.preventDefault(); send(form); });
  }
  const open = () => {
    const target = location.hash && document.getElementById(location.hash.slice(1));
    if (target && target.tagName === "DETAILS") target.open = true;
  };
  addEventListener("hashchange", open);
  open();
})();
