/* What makes the pages quicker at the keyboard. Everything here has a way without it: no page needs this file. */
(() => {
  "use strict";

  const words = document.currentScript.dataset;
  const one = (selector, root = document) => root.querySelector(selector);
  const on = (type, handler, capture = false) => document.addEventListener(type, handler, capture);
  const typing = (element) => element.matches("input, textarea, select, [contenteditable]");

  /* `/` looks for something; Ctrl+Enter sends the form one is in; Escape closes an open menu. */
  on("keydown", (event) => {
    const target = event.target;
    if (event.key === "/" && !typing(target) && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const box = one("[data-find]");
      if (box) { event.preventDefault(); box.focus(); box.select(); }
    } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && target.form) {
      event.preventDefault();
      target.form.requestSubmit();
    } else if (event.key === "Escape") {
      const menu = target.closest(".drop[open], .ask[open]");
      if (menu) { menu.open = false; one("summary", menu).focus(); }
    }
  });
  on("click", (event) => {
    const taken = event.target.closest("button[type=submit]");
    for (const menu of document.querySelectorAll(".drop[open]")) {
      if (taken || !menu.contains(event.target)) menu.open = false;
    }
  });

  /* Arrows and Enter walk through a table of inputs as on a sheet. */
  const cells = (row) => [...row.querySelectorAll("input:not([type=hidden]), select, textarea")];
  on("keydown", (event) => {
    const { target, key } = event;
    const grid = target.closest("table[data-grid]");
    const down = key === "ArrowDown" || (key === "Enter" && !event.shiftKey && !event.ctrlKey && !event.metaKey);
    const up = key === "ArrowUp" || (key === "Enter" && event.shiftKey);
    if (!grid || event.isComposing || !typing(target) || !(down || up)) return;
    if (key !== "Enter" && target.matches("select, textarea")) return;
    const rows = [...grid.tBodies].flatMap((body) => [...body.rows]).filter((row) => cells(row).length);
    const row = target.closest("tr");
    const mover = event.altKey && one(`[name=do][value^="${down ? "down" : "up"}:"]`, row);
    if (mover) { event.preventDefault(); mover.click(); return; }
    const next = rows[rows.indexOf(row) + (down ? 1 : -1)];
    event.preventDefault();
    if (!next) return;
    const cell = target.closest("td, th").cellIndex;
    const inputs = cells(next);
    const into = inputs.find((input) => input.closest("td, th").cellIndex === cell) || inputs[0];
    into.focus();
    if (into.select) into.select();
  });

  /* On a board of ticks the arrows walk all four ways, from the search box down into it; space ticks, Enter sends. */
  const ways = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] };
  on("keydown", (event) => {
    const board = one("[data-pick]");
    const way = ways[event.key];
    if (!board || !way) return;
    const rows = [...board.querySelectorAll("tbody tr")].map((row) => [...row.querySelectorAll(".tick input")]).filter((row) => row.length);
    const at = rows.findIndex((row) => row.includes(event.target));
    const fromBox = at < 0 && event.target.id === "lane" && event.key === "ArrowDown";
    if (at < 0 && !fromBox) return;
    event.preventDefault();
    const column = at < 0 ? 0 : rows[at].indexOf(event.target);
    const row = at < 0 ? rows[0] : rows[at + way[0]];
    const to = row && (row[Math.min(column, row.length - 1) + (at < 0 ? 0 : way[1])]);
    if (to) to.focus();
  });

  /* A question before a step: the folded-away panel is shown as a dialog instead. */
  const ask = (build) => {
    const dialog = document.createElement("dialog");
    dialog.className = "dialog";
    build(dialog);
    document.body.append(dialog);
    dialog.addEventListener("close", () => dialog.remove());
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog || event.target.closest("[data-close]")) dialog.close();
    });
    dialog.showModal();
    return dialog;
  };
  on("click", (event) => {
    const summary = event.target.closest(".ask > summary");
    if (!summary || !window.HTMLDialogElement) return;
    event.preventDefault();
    const panel = summary.nextElementSibling;
    const dialog = ask((box) => { box.setAttribute("aria-label", summary.textContent.trim()); box.append(panel); });
    dialog.addEventListener("close", () => {
      if (!summary.nextElementSibling) summary.after(panel); // an answer may have drawn it anew meanwhile
      summary.focus();
    });
  });

  /* data-confirm="…" on a form or a button: the same question, in words of its own. */
  on("submit", (event) => {
    const form = event.target;
    const asker = [event.submitter, form].find((element) => element?.dataset.confirm);
    const frame = one("#confirm-frame");
    if (!asker || !frame || form.dataset.confirmed) { delete form.dataset.confirmed; return; }
    event.preventDefault();
    event.stopImmediatePropagation();
    const submitter = event.submitter;
    const dialog = ask((box) => {
      box.append(frame.content.cloneNode(true));
      one("[data-question]", box).textContent = asker.dataset.confirm;
      box.setAttribute("aria-label", asker.dataset.confirm);
    });
    one("[data-yes]", dialog).addEventListener("click", () => {
      dialog.close();
      form.dataset.confirmed = "yes";
      form.requestSubmit(submitter);
    });
  }, true);

  /* One click, one step: a form on its way is not sent again until the page came back or a download had its time. */
  on("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || form.hasAttribute("hx-post")) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    form.setAttribute("aria-busy", "true");
    setTimeout(() => ready(form), 8000);
  });
  const ready = (form) => { delete form.dataset.sent; form.removeAttribute("aria-busy"); };
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(ready));

  /* A table wider than its place is moved within it; whether it is depends on what it holds, so it is measured. */
  const sizes = new ResizeObserver((seen) => {
    for (const { target } of seen) {
      const place = target.closest(".scroll");
      const table = place && one("table", place);
      if (table) place.classList.toggle("over", table.offsetWidth > place.offsetWidth);
    }
  });
  const measure = () => document.querySelectorAll(".scroll, .scroll > table").forEach((each) => sizes.observe(each));
  measure();
  on("htmx:after:swap", measure);

  on("change", (event) => {
    const field = event.target;
    if (field.matches("[data-autosubmit]") && field.form) field.form.requestSubmit();
  });

  /* A file that is too large is told where it is chosen: sent, it would be refused together with all that was typed.
     `data-most-mb` on a field is for each of its files, that of this script for all files of a form together. */
  const megabytes = (files) => files.reduce((sum, file) => sum + file.size, 0) / 1048576;
  const tell = (field, said) => {
    const note = field.parentNode.querySelector(":scope > [data-too-large]");
    if (note) note.remove();
    field.classList.toggle("is-invalid", Boolean(said));
    if (!said) return;
    const line = document.createElement("p");
    line.className = "wrong";
    line.dataset.tooLarge = "";
    line.setAttribute("role", "alert");
    line.textContent = said;
    field.after(line);
  };
  const tooLarge = (form) => {
    const fields = [...form.querySelectorAll("input[type=file]")];
    const all = fields.flatMap((field) => [...field.files]);
    const together = megabytes(all) > Number(words.mostMb);
    return fields.filter((field) => {
      const most = Math.min(Number(field.dataset.mostMb || words.mostMb), Number(words.mostMb));
      const large = [...field.files].find((file) => megabytes([file]) > most);
      const said = large ? words.tooLarge.replace("{file}", large.name).replace("{most}", most)
        : together && field.files.length ? words.tooManyMb : "";
      tell(field, said);
      return said;
    });
  };
  on("change", (event) => {
    if (event.target.matches("input[type=file]") && event.target.form) tooLarge(event.target.form);
  });
  on("submit", (event) => {
    const [first] = event.target.method === "post" ? tooLarge(event.target) : [];
    if (!first) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    first.focus();
  }, true);

  on("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button || !navigator.clipboard) return;
    await navigator.clipboard.writeText(button.dataset.copy);
    const status = one("#status");
    if (status) status.textContent = button.dataset.copied || button.dataset.copy;
    button.classList.add("copied");
  });

  /* A sheet asks for its sums while one types. Saving calls that off and goes first: what is wanted meanwhile waits for
     its answer and then speaks for the page as it stands. What was typed meanwhile stays in its cells. */
  const saving = new WeakMap();
  const sheetOf = (ctx) => ctx.request.form?.closest("[data-sheet]");
  const sums = (form) => window.htmx.trigger(one("[data-grid]", form), "change");
  const resend = (form, button, step) => () => {
    if (!button) form.requestSubmit();
    else if (button.form === form && button.value === step) form.requestSubmit(button);
  };
  on("htmx:config:request", (event) => {
    const { ctx } = event.detail;
    const form = sheetOf(ctx);
    if (!form) return;
    const button = ctx.request.submitter;
    const saves = ctx.sourceElement === form;
    const first = saving.get(form);
    if (!first) { if (saves) saving.set(form, { ctx }); return; }
    event.preventDefault();
    if (saves) first.next = resend(form, button, button?.value);
    else first.next ??= () => sums(form);
  });
  on("htmx:before:swap", (event) => {
    const { ctx } = event.detail;
    const form = sheetOf(ctx);
    if (!form) return;
    const differs = ({ name, type, value }) => name && type !== "hidden" && type !== "submit" && value !== ctx.request.body.get(name);
    ctx.newer = [...form.elements].filter(differs).map(({ name, value }) => [name, value]);
  });
  on("htmx:finally:request", (event) => {
    const { ctx } = event.detail;
    const form = sheetOf(ctx);
    const save = form && saving.get(form);
    if (save?.ctx === ctx) saving.delete(form);
    if (!form?.isConnected) return;
    const cellsNow = (ctx.newer || []).map(([name, value]) => [form.elements[name], value]);
    const lost = cellsNow.filter(([field, value]) => field && field.value !== value);
    for (const [field, value] of lost) field.value = value;
    if (save?.ctx === ctx && save.next) save.next();
    else if (lost.some(([field]) => field.closest("[data-grid]"))) sums(form);
  });

  /* htmx: every request carries the form token; a page that says no is shown whole. */
  on("htmx:config:request", (event) => {
    const token = one("meta[name=csrf-token]");
    if (token) event.detail.ctx.request.headers["X-CSRFToken"] = token.content;
  });
  on("htmx:before:swap", (event) => {
    const { ctx } = event.detail;
    const status = ctx.response?.status ?? ctx.response?.raw?.status ?? 200;
    if (status < 400 || status === 422) return;
    event.preventDefault();
    const page = new DOMParser().parseFromString(ctx.text, "text/html");
    document.title = page.title;
    document.body.className = page.body.className;
    document.body.replaceChildren(...document.adoptNode(page.body).childNodes);
    window.htmx.process(document.body);
    window.scrollTo(0, 0);
  });
})();
