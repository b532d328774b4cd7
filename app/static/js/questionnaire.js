// One question at a time. Each answer is saved in the background; what cannot be sent waits in memory and is sent again,
// in order. Without this script the page is one plain form that works too.

const form = document.querySelector("form[data-questions]");
const words = form.dataset;
const questions = [...form.querySelectorAll(".question")];
const state = document.querySelector("[data-state]");
const progress = document.querySelector("[data-progress]");
const stem = document.getElementById("stem");
const help = document.getElementById("help-now");
const [back, next, send] = ["back", "next", "send"].map((name) => form.querySelector(`[data-${name}]`));
const token = document.querySelector('meta[name="csrf-token"]').content;
const LONGEST_WAIT = 15000;

let now = 0;
let shownAt = 0;
let byPointer = false;
let afterHelp = null;
const helped = new Set();

// --- sending ---------------------------------------------------------------------------------------------------------

const queue = [];
let sending = false;
let wait = 1000;
let timer = 0;

class Refusal extends Error {
  constructor(status, reply) {
    super(reply.message ?? "");
    this.reply = reply;
    this.passing = status >= 500 || [401, 408, 429].includes(status);
  }
}

async function post(address, body) {
  const response = await fetch(address, {
    method: "POST",
    body,
    headers: { Accept: "application/json", "X-CSRFToken": token },
    signal: AbortSignal.timeout(12000),
  });
  const reply = await response.json();
  if (!response.ok) throw new Refusal(response.status, reply);
  return reply;
}

function say(text, kind) {
  if (state.textContent !== text) state.textContent = text;
  state.dataset.state = kind;
}

function sayOffline(error) {
  say(error instanceof Refusal && error.message ? error.message : words.offline, "offline");
}

function save(item, value, seconds) {
  if (!words.save) return;
  const waiting = queue.findIndex((entry, index) => entry.item === item && !(sending && index === 0));
  if (waiting >= 0) queue.splice(waiting, 1);
  queue.push({ item, value, seconds });
  pump();
}

async function pump() {
  if (sending || !queue.length) return;
  sending = true;
  window.clearTimeout(timer);
  const slow = window.setTimeout(() => say(words.saving, "saving"), 500);
  try {
    const reply = await post(words.save, new URLSearchParams(queue[0]));
    if (reply.help_card) showHelp(queue[0].item);
    settle();
  } catch (error) {
    if (error.reply?.help_card) showHelp(queue[0].item);
    if (error instanceof Refusal && !error.passing) settle(error.message);
    else retry(error);
  } finally {
    window.clearTimeout(slow);
    sending = false;
  }
  if (!timer) pump();
}

function settle(refused) {
  queue.shift();
  wait = 1000;
  timer = 0;
  if (refused) say(refused, "refused");
  else if (!queue.length) say(words.saved, "saved");
}

function retry(error) {
  sayOffline(error);
  timer = window.setTimeout(tryAgain, wait);
  wait = Math.min(wait * 2, LONGEST_WAIT);
}

function tryAgain() {
  window.clearTimeout(timer);
  timer = 0;
  pump();
}

async function handIn() {
  send.disabled = true;
  for (let pause = 1000; ; pause = Math.min(pause * 2, LONGEST_WAIT)) {
    try {
      const reply = await post(form.action, new URLSearchParams(new FormData(form)));
      queue.length = 0;
      const leave = () => window.location.assign(reply.next);
      if (reply.help_card && !helped.size) showHelp("", leave);
      else leave();
      return;
    } catch (error) {
      if (error.reply?.help_card && !helped.size) showHelp("");
      if (error instanceof Refusal && !error.passing) return refuse(error);
      sayOffline(error);
      await new Promise((done) => {
        window.setTimeout(done, pause);
        window.addEventListener("online", done, { once: true });
      });
    }
  }
}

function refuse(error) {
  send.disabled = false;
  delete form.dataset.sent;
  say(error.message || words.missing, "refused");
  const wrong = questions.findIndex((question) => question.dataset.item in (error.reply.wrong ?? {}));
  if (wrong >= 0) show(wrong);
}

// --- showing ---------------------------------------------------------------------------------------------------------

function chosen(question) {
  return question.querySelector("input:checked");
}

function sum() {
  const scored = questions.filter((question) => !question.dataset.askedAbove);
  return scored.reduce((total, question) => total + Number(chosen(question)?.value ?? 0), 0);
}

function isAsked(question) {
  return !question.dataset.askedAbove || sum() > Number(question.dataset.askedAbove);
}

function ahead(from, step) {
  for (let index = from + step; index >= 0 && index < questions.length; index += step) {
    if (isAsked(questions[index])) return index;
  }
  return -1;
}

function show(index, focus = true) {
  now = index;
  shownAt = performance.now();
  const asked = questions.filter(isAsked);
  const place = asked.indexOf(questions[now]) + 1;
  for (const question of questions) {
    question.hidden = question !== questions[now];
    question.disabled = !isAsked(question);
  }
  progress.querySelector("progress").max = asked.length;
  progress.querySelector("progress").value = place;
  progress.querySelector(".progress-label").textContent = `${place} / ${asked.length}`;
  stem.hidden = Boolean(questions[now].dataset.askedAbove);
  showButtons();
  if (focus) {
    questions[now].querySelector("legend").focus({ preventScroll: true });
    window.scrollTo({ top: 0 });
  }
}

function showButtons() {
  const last = ahead(now, 1) < 0;
  back.hidden = ahead(now, -1) < 0;
  next.hidden = last;
  send.hidden = !last;
}

function showHelp(item, then) {
  if (!help || (item && helped.has(item))) return;
  helped.add(item);
  afterHelp = then ?? afterHelp;
  form.hidden = progress.hidden = true;
  help.hidden = false;
  help.focus();
  window.scrollTo({ top: 0 });
}

function goOn() {
  help.hidden = true;
  form.hidden = progress.hidden = false;
  const then = afterHelp;
  afterHelp = null;
  if (then) then();
  else show(now);
}

function forward() {
  if (!chosen(questions[now])) {
    say(words.missing, "refused");
    (questions[now].querySelector("input") ?? next).focus();
    return;
  }
  const following = ahead(now, 1);
  if (following >= 0) show(following);
}

// --- answering -------------------------------------------------------------------------------------------------------

function answer(input) {
  const seconds = ((performance.now() - shownAt) / 1000).toFixed(1);
  if (state.dataset.state === "refused") say("", "");
  save(input.name, input.value, seconds);
  questions[now].querySelector(".invalid-feedback")?.remove();
  showButtons();
  if ("help" in input.dataset) showHelp(input.name, byPointer ? forward : undefined);
  else if (byPointer) advanceSoon();
}

function advanceSoon() {
  const answered = now;
  window.setTimeout(() => {
    if (now === answered && !form.hidden && ahead(now, 1) >= 0) forward();
  }, 220);
}

function chooseByDigit(event) {
  if (form.hidden || event.ctrlKey || event.altKey || event.metaKey || !/^[1-9]$/.test(event.key)) return;
  const input = questions[now].querySelectorAll("input")[Number(event.key) - 1];
  if (!input) return;
  byPointer = true;
  input.checked = true;
  answer(input);
}

form.addEventListener("pointerdown", () => (byPointer = true));
document.addEventListener("keydown", (event) => {
  byPointer = false;
  chooseByDigit(event);
});
form.addEventListener("change", (event) => answer(event.target));
form.addEventListener("click", (event) => {
  // A tap on the answer that is chosen already changes nothing, yet means: go on.
  if (byPointer && event.target.matches("input:checked") && event.target.dataset.seen) advanceSoon();
  if (event.target.matches("input")) event.target.dataset.seen = "yes";
});
form.addEventListener("submit", (event) => {
  if (ahead(now, 1) >= 0) {
    event.preventDefault();
    delete form.dataset.sent;
    forward();
    return;
  }
  const open = questions.findIndex((question) => isAsked(question) && !chosen(question));
  if (open >= 0) {
    event.preventDefault();
    delete form.dataset.sent;
    show(open);
    say(words.missing, "refused");
  } else if (words.save) {
    event.preventDefault();
    handIn();
  }
});
next.addEventListener("click", forward);
back.addEventListener("click", () => show(ahead(now, -1)));
help?.querySelector("[data-continue]").addEventListener("click", goOn);
window.addEventListener("online", tryAgain);
window.addEventListener("beforeunload", (event) => {
  if (queue.length) event.preventDefault();
});

form.classList.add("one-at-a-time");
progress.hidden = false;
for (const input of form.querySelectorAll(".question input:checked")) input.dataset.seen = "yes";
const open = questions.findIndex((question) => question.querySelector(".invalid-feedback"));
const unanswered = questions.findIndex((question) => isAsked(question) && !chosen(question));
if (help && !help.hidden) helped.add("");
show(open >= 0 ? open : unanswered >= 0 ? unanswered : questions.findLastIndex(isAsked), false);
