// Nothing typed is lost: a form with free text saves its content on the server every few seconds while somebody types,
// says so, tries again when the network is gone, and warns before the session ends. Nothing is kept in this browser.

const EVERY = 3000;
const LONGEST_WAIT = 15000;
const WARN = 120;
const token = document.querySelector('meta[name="csrf-token"]').content;
const origins = [...document.querySelectorAll('input[name="origin"]')].filter((origin) => origin.form);

class Refusal extends Error {}

async function post(form, origin, isStaying = false) {
  const content = new FormData(form);
  if (isStaying) content.set("stay", "yes");
  for (const secret of form.querySelectorAll("input[type=password], input[name=csrf_token]")) content.delete(secret.name);
  const response = await fetch(origin.dataset.save, {
    method: "POST",
    body: new URLSearchParams(content),
    headers: { Accept: "application/json", "X-CSRFToken": token },
    signal: AbortSignal.timeout(12000),
    keepalive: true,
  });
  if (response.status >= 500 || [408, 429].includes(response.status)) throw new Error("down");
  const reply = await response.json();
  if (!response.ok) throw new Refusal(reply.message ?? "");
  return reply;
}

// --- the session ------------------------------------------------------------------------------------------------------

const clock = { ends: 0, last: 0, timer: 0, bar: null };

function wind({ idle, left }) {
  const now = Date.now();
  clock.last = now + left * 1000;
  clock.ends = Math.min(now + idle * 1000, clock.last);
  clock.bar?.remove();
  clock.bar = null;
  look();
}

function look() {
  window.clearTimeout(clock.timer);
  const seconds = (clock.ends - Date.now()) / 1000;
  if (seconds > WARN) {
    clock.timer = window.setTimeout(look, Math.min((seconds - WARN) * 1000, 30000));
    return;
  }
  warn(seconds > 0);
  if (seconds > 0) clock.timer = window.setTimeout(look, seconds * 1000);
}

function warn(isOpen) {
  const words = origins[0].dataset;
  clock.bar?.remove();
  clock.bar = document.createElement("div");
  clock.bar.className = "notice tone-warn typing-warning";
  clock.bar.setAttribute("role", "alert");
  clock.bar.append(document.createElement("span"));
  clock.bar.firstChild.textContent = isOpen ? words.ending : words.over;
  if (isOpen && clock.ends < clock.last) {
    const stay = document.createElement("button");
    stay.type = "button";
    stay.className = "btn btn-primary";
    stay.textContent = words.stay;
    stay.addEventListener("click", () => post(origins[0].form, origins[0], true).then(wind, () => warn(isOpen)));
    clock.bar.append(stay);
  }
  document.body.append(clock.bar);
}

// --- one form ---------------------------------------------------------------------------------------------------------

class Keeper {
  constructor(origin) {
    this.origin = origin;
    this.form = origin.form;
    this.isDirty = this.isSent = false;
    this.saving = null;
    this.timer = 0;
    this.wait = 1000;
    this.state = document.createElement("p");
    this.state.className = "form-text typing-state";
    this.state.setAttribute("role", "status");
    this.form.append(this.state);
    for (const kind of ["input", "change"]) this.form.addEventListener(kind, () => this.note());
    this.form.addEventListener("submit", (event) => this.send(event));
  }

  note() {
    this.isDirty = true;
    this.isSent = false;
    if (!this.timer) this.timer = window.setTimeout(() => this.save(), EVERY);
  }

  say(text, kind) {
    this.state.textContent = text;
    this.state.dataset.state = kind;
  }

  save() {
    window.clearTimeout(this.timer);
    this.timer = 0;
    this.saving ??= this.sendDraft().finally(() => {
      this.saving = null;
      if (this.isDirty && !this.isSent && !this.timer) this.timer = window.setTimeout(() => this.save(), this.wait);
    });
    return this.saving;
  }

  async sendDraft() {
    this.isDirty = false;
    try {
      const reply = await post(this.form, this.origin);
      this.wait = 1000;
      this.say(reply.saved ? this.origin.dataset.saved.replace("{time}", reply.saved) : "", "saved");
      wind(reply);
    } catch (error) {
      if (error instanceof Refusal) {
        // Asking again changes nothing; the form itself, once sent, says what to do.
        this.say(error.message, "refused");
        return true;
      }
      this.isDirty = true;
      this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
      this.say(this.origin.dataset.offline, "offline");
      return false;
    }
    return true;
  }

  async send(event) {
    if (this.isSent || !(this.isDirty || this.saving)) {
      this.isSent = true;
      return;
    }
    // What is typed last is saved before it is sent: a network that is gone, or a server that stops, loses nothing.
    event.preventDefault();
    event.stopImmediatePropagation();
    if (this.isWaiting) return;
    this.isWaiting = true;
    if (this.saving) await this.saving;
    const isSafe = !this.isDirty || (await this.save());
    this.isWaiting = false;
    if (isSafe) {
      this.isSent = true;
      this.form.requestSubmit(event.submitter);
    } else {
      this.say(this.origin.dataset.wait, "offline");
    }
  }
}

const keepers = origins.map((origin) => new Keeper(origin));
if (origins.length) wind({ idle: Number(origins[0].dataset.idle), left: Number(origins[0].dataset.left) });

window.addEventListener("online", () => keepers.filter((keeper) => keeper.isDirty).forEach((keeper) => keeper.save()));
window.addEventListener("pageshow", (event) => {
  if (event.persisted) for (const keeper of keepers) keeper.isSent = false;
});
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState !== "hidden") return look();
  for (const keeper of keepers) if (keeper.isDirty && !keeper.isSent) keeper.save();
});
window.addEventListener("beforeunload", (event) => {
  if (keepers.some((keeper) => keeper.isDirty && !keeper.isSent)) event.preventDefault();
});
