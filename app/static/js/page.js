// What every page does when scripts run: leave without a trace in the history, send a form once, close open panels.

function leaveWithoutTrace(event) {
  const link = event.target.closest("a[data-leave]");
  if (!link) return;
  event.preventDefault();
  document.body.hidden = true;
  window.location.replace(link.href);
}

function sendOnce(event) {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  window.setTimeout(() => delete form.dataset.sent, 8000);
}

function closePanels(event) {
  const key = event.type === "keydown";
  if (key && event.key !== "Escape") return;
  for (const panel of document.querySelectorAll("details.preferences[open], details.drawer[open]")) {
    if (!key && panel.contains(event.target)) continue;
    panel.open = false;
    if (key) panel.querySelector("summary").focus();
  }
}

document.addEventListener("click", leaveWithoutTrace);
document.addEventListener("click", closePanels);
document.addEventListener("keydown", closePanels);
document.addEventListener("submit", sendOnce);
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
document.querySelector("[data-focus]")?.focus();
for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => window.print());
