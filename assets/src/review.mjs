// The review workbench with scripts: the work page looks again by itself, a passage is taken from the page, a
// box is drawn, and single keys do what is done all day. Each has its form, which works without any of this.

const field = (id) => document.getElementById(id);

function open(details) {
  if (details) details.open = true;
}

/** The work page: its list is fetched again until nothing runs. */
function lookAgain() {
  const work = document.querySelector("[data-look-again]");
  if (!work) return;
  setTimeout(async () => {
    try {
      const answer = await fetch(location.href, { headers: { accept: "text/html" }, credentials: "same-origin" });
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("work");
      if (fresh) work.replaceWith(fresh);
    } catch {
      // The next look may do better.
    }
    lookAgain();
  }, 1500);
}

/** Words that are marked on the page become the passage of the form. */
function takePassage() {
  const sheet = document.querySelector("[data-passage]");
  const text = field("passage-text");
  if (!sheet || !text) return;
  sheet.addEventListener("mouseup", () => {
    const chosen = getSelection();
    const range = chosen && chosen.rangeCount && chosen.getRangeAt(0);
    if (!range || range.collapsed || !sheet.contains(range.commonAncestorContainer)) return;
    const copy = range.cloneContents();
    for (const unseen of copy.querySelectorAll(".govuk-visually-hidden")) unseen.remove();
    const words = copy.textContent.replace(/\s+/g, " ").trim();
    if (words.length < 2) return;
    text.value = words;
    open(field("passage"));
  });
}

/** A box is drawn from corner to corner; its edges are those of the form. */
function drawBox() {
  const sheet = document.querySelector("[data-draw]");
  const edges = ["x0", "y0", "x1", "y1"].map(field);
  if (!sheet || edges.some((edge) => !edge)) return;
  const box = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  box.setAttribute("class", "cf-box cf-box--drawn");
  let from = null;
  const at = (event) => {
    const matrix = sheet.getScreenCTM();
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse());
    const { width, height } = sheet.viewBox.baseVal;
    return [Math.min(Math.max(point.x, 0), width), Math.min(Math.max(point.y, 0), height)];
  };
  const show = ([x, y]) => {
    const corners = [Math.min(from[0], x), Math.min(from[1], y), Math.max(from[0], x), Math.max(from[1], y)];
    corners.forEach((value, n) => (edges[n].value = value.toFixed(1)));
    box.setAttribute("x", corners[0]);
    box.setAttribute("y", corners[1]);
    box.setAttribute("width", corners[2] - corners[0]);
    box.setAttribute("height", corners[3] - corners[1]);
  };
  sheet.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    sheet.setPointerCapture(event.pointerId);
    from = at(event);
    sheet.append(box);
    show(from);
    open(field("box"));
  });
  sheet.addEventListener("pointermove", (event) => from && show(at(event)));
  for (const end of ["pointerup", "pointercancel"]) sheet.addEventListener(end, () => (from = null));
}

const kept = "cf-review-keys";

function keysOn() {
  try {
    return localStorage.getItem(kept) !== "off";
  } catch {
    return true;
  }
}

function setKeys(on) {
  try {
    localStorage.setItem(kept, on ? "on" : "off");
  } catch {
    // Without storage the choice lasts as long as the page.
  }
}

/** Single keys, which can be turned off (WCAG 2.2, 2.1.4). */
function keys() {
  const help = document.querySelector("[data-keys]");
  if (!help) return;
  help.hidden = false;
  const toggle = help.querySelector("[data-keys-toggle]");
  let on = keysOn();
  const say = () => (toggle.textContent = on ? toggle.dataset.on : toggle.dataset.off);
  say();
  toggle.addEventListener("click", () => {
    on = !on;
    setKeys(on);
    say();
  });
  const people = [...document.querySelectorAll(".cf-person")];
  let chosen = people.findIndex((one) => one.classList.contains("cf-person--undecided"));
  const choose = (n) => {
    people.forEach((one) => one.classList.remove("cf-person--chosen"));
    chosen = n;
    const one = people[chosen];
    if (!one) return;
    one.classList.add("cf-person--chosen");
    for (const mark of document.querySelectorAll("[data-who]")) {
      mark.classList.toggle("cf-chosen", mark !== one && mark.dataset.who === one.dataset.who);
    }
  };
  choose(chosen);
  const press = (fate) => people[chosen]?.querySelector(`button[name=fate][value=${fate}]`)?.click();
  const go = (key) => document.querySelector(`[data-key=${key}]`)?.click();
  const does = {
    j: () => go("after"),
    k: () => go("before"),
    n: () => go("next-open"),
    p: () => {
      choose((chosen + 1) % Math.max(people.length, 1));
      people[chosen]?.focus();
    },
    r: () => press("release"),
    w: () => press("withhold"),
    u: () => document.querySelector(".cf-turn__steps .cf-undo")?.click(),
  };
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (!on || typing || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    const act = does[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
  for (const mark of document.querySelectorAll("a.cf-mark, .cf-box[data-who]")) {
    mark.addEventListener("click", () => choose(people.findIndex((one) => one.dataset.who === mark.dataset.who)));
  }
}

export function review() {
  lookAgain();
  takePassage();
  drawBox();
  keys();
  field("refused")?.focus();
}
