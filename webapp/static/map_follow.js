/* The page follows its filter without being loaded anew: the address, the figures, the conditions,
   the tiles. The server writes the page for the new address; its changed parts are put in place.

   Links and forms with data-follow are followed like this; without scripts they simply lead there.
   Parts named by data-follows are replaced by their like in the new page. */

import { retile } from "./map_crashes.js";
import { absolute } from "./map_places.js";

const PARTS = [".filter-state", ".of-dataset nav", ".tongues"];
const FROM_PAGE = ["bounds", "view", "months", "cells", "paint", "network", "density", "plane", "densityUnit"];

/* Give the map `box.follow(address)`, a promise of whether the new page came. It tells of each new
   filter by the event "map:filter", and by "map:typed" that somebody asked for it in words. */
export function following(map, box) {
  box.follow = (address, past = false) => turn(map, box, absolute(address), past);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-follow]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    if (link.closest(".maplibregl-popup")) map.popup?.remove();
    box.follow(link.href);
  });
  document.addEventListener("submit", async (event) => {
    const form = event.target.closest("form[data-follow]");
    if (!form) return;
    event.preventDefault();
    const came = await box.follow(within(form.action, new FormData(form)));
    if (!came) return;
    closed(form.closest("details"));
    box.dispatchEvent(new CustomEvent("map:typed"));
  });
  window.addEventListener("popstate", () => box.follow(location.href, true));
}

/* Return the address that a form asks for, its own words over those of this page. */
export function within(address, words) {
  const asked = new URLSearchParams(location.search);
  asked.delete("lang");
  for (const [name, value] of words) asked.set(name, value);
  return `${address}?${asked}`;
}

function closed(part) {
  if (!part) return;
  part.open = false;
  part.querySelector("summary").focus();
}

async function turn(map, box, address, past) {
  box.turning?.abort();
  box.turning = new AbortController();
  box.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(address, { headers: { Accept: "text/html" }, signal: box.turning.signal });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!answer.ok) {
      box.tell(page.querySelector("main .lead, main .notice")?.textContent.trim() ?? page.title);
      return false;
    }
    if (!past) history.pushState(null, "", answer.url + location.hash);
    put(map, box, page);
    return true;
  } catch (fault) {
    if (fault.name === "AbortError") return false;
    throw fault;
  } finally {
    box.removeAttribute("aria-busy");
  }
}

function put(map, box, page) {
  const [part, words] = focused();
  for (const selector of PARTS) same(document.querySelector(selector), page.querySelector(selector));
  for (const part of document.querySelectorAll("[data-follows]")) {
    same(part, page.querySelector(`[data-follows="${part.dataset.follows}"]`));
  }
  hidden(document.querySelector(".filter-form"), page.querySelector(".filter-form"));
  after(document.querySelector(".filter-state"), page.querySelector(".filter-state"));
  const made = page.querySelector(`[data-map="${box.dataset.map}"]`);
  for (const name of FROM_PAGE) if (name in made.dataset) box.dataset[name] = made.dataset[name];
  if (box.dataset.tiles !== made.dataset.tiles) {
    box.dataset.tiles = made.dataset.tiles;
    retile(map, box, box.dataset.tiles);
  }
  refocus(part, words);
  box.tell("");
  box.dispatchEvent(new CustomEvent("map:filter"));
}

/* Whoever follows a link by the keyboard goes on from there: the link of the same words in the new
   part, and what was unfolded stays so. */
function focused() {
  const link = document.activeElement?.closest("[data-follows] a[data-follow]");
  return link ? [link.closest("[data-follows]"), link.textContent] : [null, ""];
}

function refocus(part, words) {
  const links = [...(part?.querySelectorAll("a[data-follow]") ?? [])];
  links.find((link) => link.textContent === words)?.focus({ preventScroll: true });
}

function unfolded(old, fresh) {
  const [was, is] = [old, fresh].map((part) => [...part.querySelectorAll("details")]);
  if (was.length === is.length) was.forEach((one, i) => { if (one.open) is[i].open = true; });
}

/* The element itself stays, so that what is read aloud is what has changed in it. */
function same(old, fresh) {
  if (!old || !fresh) return;
  const [was, is] = [[...old.childNodes], [...fresh.childNodes]];
  if (was.length === is.length && was.every((one, i) => one.isEqualNode(is[i]))) return;
  unfolded(old, fresh);
  old.replaceChildren(...is);
}

/* What the filter bar has no field for it keeps in hidden ones. */
function hidden(old, fresh) {
  if (!old || !fresh) return;
  for (const one of old.querySelectorAll(":scope > input[type='hidden']")) one.remove();
  old.prepend(...fresh.querySelectorAll(":scope > input[type='hidden']"));
}

/* Why nothing passes is told beneath the state of the filter, if so. */
function after(old, fresh) {
  if (!old || !fresh) return;
  while (old.nextSibling) old.nextSibling.remove();
  while (fresh.nextSibling) old.parentNode.append(fresh.nextSibling);
}
