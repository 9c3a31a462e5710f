// What the pages do beyond HTML. Each part adds a convenience; all pages work without.
"use strict";

(function () {
  const short = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

  // Times in the reader's own zone; the exact one, in UTC, on hover.
  function localTimes(root) {
    for (const time of root.querySelectorAll("time[datetime]:not([data-told])")) {
      const moment = new Date(time.dateTime);
      if (Number.isNaN(moment.getTime())) continue;
      if (!time.title) time.title = moment.toISOString().replace("T", " ").replace(/\.000Z$/, " UTC");
      if (!("ago" in time.dataset)) time.textContent = short.format(moment);
      time.dataset.told = "";
    }
  }

  // How much of a field's room is used: <textarea data-count maxlength="500">.
  function counters(root) {
    for (const field of root.querySelectorAll("[data-count]:not([data-counted])")) {
      const most = Number(field.dataset.count);
      const shown = document.createElement("small");
      shown.className = "count quiet";
      const tell = () => {
        const used = [...field.value].length;
        shown.textContent = `${used} of ${most}`;
        shown.classList.toggle("over", used > most);
      };
      field.addEventListener("input", tell);
      field.after(shown);
      field.dataset.counted = "";
      tell();
    }
  }

  // <button data-copy="#id"> copies the text of an element.
  function copying(root) {
    for (const button of root.querySelectorAll("[data-copy]:not([data-ready])")) {
      button.dataset.ready = "";
      button.hidden = !navigator.clipboard;
      button.addEventListener("click", async () => {
        const from = document.querySelector(button.dataset.copy);
        await navigator.clipboard.writeText(from.value ?? from.textContent);
        const former = button.textContent;
        button.textContent = "Copied";
        setTimeout(() => { button.textContent = former; }, 1500);
      });
    }
  }

  // Forms that filter a list send themselves: <form data-auto>.
  function autoForms(root) {
    for (const form of root.querySelectorAll("form[data-auto]:not([data-ready])")) {
      form.dataset.ready = "";
      form.addEventListener("change", () => form.requestSubmit());
    }
  }

  // What may be sent once only is not sent twice by an impatient click.
  function onceOnly() {
    document.addEventListener("submit", (event) => {
      const form = event.target;
      if (form.method !== "post" || form.hasAttribute("hx-post")) return;
      if (form.dataset.sent !== undefined) { event.preventDefault(); return; }
      form.dataset.sent = "";
      setTimeout(() => { delete form.dataset.sent; }, 4000);
    });
    window.addEventListener("pageshow", () => {
      for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
    });
  }

  function ready(root) {
    localTimes(root);
    counters(root);
    copying(root);
    autoForms(root);
  }

  // Where a form came back with faults, the first of them is what to look at.
  function firstFault() {
    const fault = document.querySelector('[aria-invalid="true"]') || document.querySelector(".notice[role=alert][tabindex]");
    if (fault) fault.focus();
  }

  // On a phone a row of tabs is wider than the screen: the one that is open must be in sight.
  function openTab() {
    const tab = document.querySelector(".tabs [aria-current]");
    if (tab) tab.scrollIntoView({ block: "nearest", inline: "center" });
  }

  // A part that refreshes itself keeps open, or closed, what the reader has opened or closed in it.
  function keepDetails() {
    let former = new Map();
    document.addEventListener("htmx:beforeSwap", (event) => {
      former = new Map([...event.detail.target.querySelectorAll("details[id]")].map((one) => [one.id, one.open]));
    });
    document.addEventListener("htmx:afterSettle", () => {
      for (const [id, open] of former) {
        const one = document.getElementById(id);
        if (one) one.open = open;
      }
      former = new Map();
    });
  }

  ready(document);
  keepDetails();
  openTab();
  firstFault();
  onceOnly();
  document.addEventListener("htmx:load", (event) => ready(event.detail.elt));
})();
