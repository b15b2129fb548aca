/* A password may be looked at while it is typed: a button below each field of one. */
(() => {
  "use strict";

  const words = document.currentScript.dataset;
  for (const field of document.querySelectorAll("input[type=password]")) {
    const button = document.createElement("button");
    const say = () => { button.textContent = field.type === "password" ? words.show : words.hide; };
    button.type = "button";
    button.className = "btn btn-link btn-sm";
    button.setAttribute("aria-controls", field.id);
    button.addEventListener("click", () => { field.type = field.type === "password" ? "text" : "password"; say(); field.focus(); });
    field.form.addEventListener("submit", () => { field.type = "password"; });
    field.after(button);
    say();
  }
})();
