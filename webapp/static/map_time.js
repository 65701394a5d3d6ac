/* The crashes month by month: a slider, and a button that plays where motion is welcome.

   Single crashes are kept to the month by the map itself; cells are counted by the server, so their
   tiles are asked for month by month. */

import { retile } from "./map_crashes.js";
import { absolute } from "./map_places.js";
import { mine } from "./map_switches.js";

const STEP_MS = 650;

export async function playing(map, box, words) {
  const [bar] = mine(box, "[data-time]");
  if (!bar) return;
  const [slider, told, play] = [bar.querySelector("input"), bar.querySelector("output"), bar.querySelector("button")];
  const language = document.documentElement.lang;
  const number = new Intl.NumberFormat(language);
  const name = new Intl.DateTimeFormat(language, { month: "long", year: "numeric", timeZone: "UTC" });
  let counts = [];
  let timer = null;
  let ofMonth = false;

  const on = () => box.dataset.view === "months";
  const month = () => counts[Number(slider.value)]?.month;
  const step = (by) => {
    slider.value = String((Number(slider.value) + by + counts.length) % counts.length);
    show();
  };
  const stop = () => {
    clearInterval(timer);
    timer = null;
    play.textContent = words.play;
    told.setAttribute("aria-live", "polite");
  };
  const start = () => {
    play.textContent = words.pause;
    told.setAttribute("aria-live", "off");
    timer = setInterval(() => !box.waits && step(1), STEP_MS);
  };

  async function show() {
    await box.tiled;
    if (!on() || !counts.length) return;
    const { crashes } = counts[Number(slider.value)];
    const said = words.month.replace("{month}", name.format(dateOf(month()))).replace("{n}", number.format(crashes));
    told.textContent = said;
    slider.setAttribute("aria-valuetext", said);
    const cells = map.querySourceFeatures("crashes", { sourceLayer: "cells" }).length > 0;
    map.setFilter("crashes", ["==", ["get", "month"], month()]);
    if (cells) tiles(withMonth(box.dataset.tiles, month()), true);
    else if (ofMonth) tiles(box.dataset.tiles, false);
  }

  function tiles(address, month) {
    ofMonth = month;
    box.waits = true;
    retile(map, box, address);
    map.once("idle", () => { box.waits = false; });
  }

  async function turn() {
    bar.hidden = !on();
    if (!on()) {
      stop();
      await box.tiled;
      // Even taking away a filter that is not there would draw all crashes anew.
      if (map.getFilter("crashes")) map.setFilter("crashes", null);
      if (ofMonth) tiles(box.dataset.tiles, false);
      return;
    }
    const answer = await fetch(`${absolute(bar.dataset.time)}${location.search}`, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const before = month();
    ({ months: counts } = await answer.json());
    slider.max = String(Math.max(counts.length - 1, 0));
    const same = counts.findIndex((one) => one.month === before);
    slider.value = String(Math.max(same, 0));
    bar.querySelectorAll("input, button").forEach((one) => { one.disabled = !counts.length; });
    await show();
  }

  play.hidden = matchMedia("(prefers-reduced-motion: reduce)").matches;
  play.addEventListener("click", () => (timer ? stop() : start()));
  slider.addEventListener("input", () => {
    stop();
    show();
  });
  // Zooming leads from cells to single crashes and back.
  map.on("zoomend", () => map.once("idle", show));
  box.addEventListener("map:filter", () => {
    ofMonth = false;
    turn();
  });
  await turn();
}

function dateOf(month) {
  return new Date(Date.UTC(Math.floor(month / 12), month % 12, 1));
}

/* Return the address of tiles cut to one month; a filter of days has let only these months through. */
function withMonth(address, month) {
  const [path, query = ""] = address.split("?");
  const asked = new URLSearchParams(query);
  const days = [dateOf(month), new Date(dateOf(month + 1) - 1)].map((day) => day.toISOString().slice(0, 10));
  if (!asked.has("from") || asked.get("from") < days[0]) asked.set("from", days[0]);
  if (!asked.has("to") || asked.get("to") > days[1]) asked.set("to", days[1]);
  return `${path}?${asked}`;
}
