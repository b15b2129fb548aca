/* The board of opportunities by mouse and by keys. Every card has its own form: this file only fills it in and sends it,
   so that what a stage asks for is told by the same page that everybody gets without scripts. */
(() => {
  "use strict";

  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const on = (type, handler) => document.addEventListener(type, handler);
  const cardOf = (element) => element.closest?.("[data-card]");
  const columnOf = (element) => element.closest?.("[data-stage]");
  const tell = (text) => { const status = one("#status"); if (status) status.textContent = text; };

  let taken = null; // the card in hand, by its id: a move draws the board anew
  let dragged = null;

  const send = (card, stage) => {
    const form = one("form", card);
    if (!form || form.elements.stage_id.value === stage) return;
    form.elements.stage_id.value = stage;
    card.setAttribute("aria-busy", "true");
    form.requestSubmit();
  };

  const mark = () => {
    for (const card of all("[data-card].is-taken")) card.classList.remove("is-taken");
    const card = taken && document.getElementById(taken);
    if (!card) { taken = null; return; }
    card.classList.add("is-taken");
    one("a", card).focus();
  };

  /* By mouse: over a column it shows where it would go. */
  on("dragstart", (event) => {
    const card = cardOf(event.target);
    if (!card) return;
    dragged = card;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", card.id);
    card.classList.add("is-dragged");
  });
  on("dragover", (event) => {
    const column = dragged && columnOf(event.target);
    for (const each of all("[data-stage].is-over")) if (each !== column) each.classList.remove("is-over");
    if (!column) return;
    event.preventDefault();
    column.classList.add("is-over");
  });
  on("drop", (event) => {
    const column = dragged && columnOf(event.target);
    if (!column) return;
    event.preventDefault();
    send(dragged, column.dataset.stage);
  });
  on("dragend", () => {
    for (const each of all(".is-over, .is-dragged")) each.classList.remove("is-over", "is-dragged");
    dragged = null;
  });

  /* By keys, on a card's name: arrows walk, space takes and puts down, a card in hand goes left and right. */
  const steps = { ArrowLeft: -1, ArrowRight: 1 };
  const walk = (link, key) => {
    const columns = all("[data-stage]").map((column) => all("[data-card] > a", column));
    const at = columns.findIndex((links) => links.includes(link));
    const row = columns[at].indexOf(link);
    if (key === "ArrowUp" || key === "ArrowDown") return columns[at][row + (key === "ArrowUp" ? -1 : 1)];
    const way = steps[key];
    for (let next = at + way; next >= 0 && next < columns.length; next += way) {
      if (columns[next].length) return columns[next][Math.min(row, columns[next].length - 1)];
    }
    return null;
  };
  const neighbour = (card, way) => {
    const columns = all("[data-stage]");
    return columns[columns.indexOf(columnOf(card)) + way];
  };
  on("keydown", (event) => {
    const link = event.target;
    const board = one("[data-kanban]");
    if (!board || !link.matches?.("[data-card] > a") || event.ctrlKey || event.metaKey || event.altKey) return;
    const card = cardOf(link);
    if (event.key === " " && one("form", card)) {
      event.preventDefault();
      taken = taken === card.id ? null : card.id;
      tell(taken ? board.dataset.taken : board.dataset.put);
      mark();
    } else if (event.key === "Escape" && taken) {
      taken = null;
      tell(board.dataset.put);
      mark();
    } else if (taken === card.id && steps[event.key]) {
      event.preventDefault();
      const column = neighbour(card, steps[event.key]);
      if (column) send(card, column.dataset.stage);
    } else if (event.key.startsWith("Arrow")) {
      event.preventDefault();
      const next = walk(link, event.key);
      if (next) { next.focus(); next.scrollIntoView({ block: "nearest", inline: "nearest" }); }
    }
  });

  /* The board was drawn anew: the card in hand stays in hand; what was refused is read out. */
  on("htmx:after:swap", () => {
    const refused = one(".deal .wrong");
    if (refused) tell(refused.textContent.trim());
    mark();
  });
})();
