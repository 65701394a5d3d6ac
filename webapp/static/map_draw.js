/* Drawing on the map: circles, polygons, rectangles, by mouse, finger or keyboard. What is drawn goes
   to the server as a shape of the filter; nothing of it is kept here.

   circle      press the middle and drag, or click the middle, then the edge; or type the metres
   rectangle   press one corner and drag, or click two corners
   polygon     click the corners; Enter, a double click or the first corner closes it
   keyboard    the arrows move the map under a cross, Space sets a point there, Enter closes
   any time    Backspace takes the last point away, Escape gives up */

import { mine } from "./map_switches.js";
import { empty } from "./map_shapes.js";
import { box as boxOf, metres, numbers, ring } from "./map_within.js";
import { within } from "./map_follow.js";

const NEAR = 8;
const CLICK = 6;
const COLOUR = "#d1420e";

export const drafts = {
  switched: {},

  load(data) {
    return data.select ? data : null;
  },

  sources() {
    return { draft: empty() };
  },

  labels() {
    return layers();
  },

  ready(map, box, content, words) {
    drawing(map, box, words);
  },
};

function drawing(map, box, words) {
  const [panel] = mine(box, "[data-drawing]");
  const form = panel.querySelector("form");
  const radius = form.elements.radius;
  const buttons = mine(box, "[data-draw]");
  let draft = null;

  for (const group of mine(box, "[data-tools]")) group.hidden = false;
  for (const button of buttons) {
    button.addEventListener("click", () => (draft?.kind === button.dataset.draw ? stop() : start(button.dataset.draw)));
  }

  function start(kind) {
    stop();
    draft = { kind, placed: [], at: null, pressed: null, typed: 0, byKeys: false };
    radius.value = radius.defaultValue;
    box.drawing = true;
    box.classList.add("map-draws");
    map.popup?.remove();
    map.doubleClickZoom.disable();
    if (kind !== "polygon") map.dragPan.disable();
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.draw === kind));
    panel.hidden = false;
    map.getCanvas().focus();
    draw();
  }

  function stop() {
    if (!draft) return;
    draft = null;
    box.classList.remove("map-draws");
    panel.hidden = true;
    map.dragPan.enable();
    for (const button of buttons) button.setAttribute("aria-pressed", "false");
    map.getSource("draft").setData(empty().data);
    // The click that ended the drawing is still to come: it must open no pop-up and not zoom in.
    setTimeout(() => {
      if (draft) return;
      box.drawing = false;
      map.doubleClickZoom.enable();
    }, 350);
  }

  function put(place) {
    const last = draft.placed.at(-1);
    if (last && near(last, place)) {
      if (draft.kind === "polygon") finish();
      return;
    }
    if (draft.kind === "polygon" && draft.placed.length > 2 && near(draft.placed[0], place)) {
      finish();
      return;
    }
    draft.placed.push(place);
    draft.at = place;
    if (draft.kind !== "polygon" && draft.placed.length === 2) finish();
    else draw();
  }

  function back() {
    draft.placed.pop();
    draft.typed = 0;
    draw();
  }

  function finish() {
    const { kind, placed } = draft;
    if (kind === "polygon" && placed.length < 3) return;
    if (kind === "circle") {
      if (!placed.length) return;
      const [lon, lat] = placed[0].map((one) => numbers([one]));
      const long = placed.length > 1 ? Math.round(metres(...placed)) : radius.value;
      send([["shape", "circle"], ["centre_lon", lon], ["centre_lat", lat], ["radius", long]]);
      return;
    }
    if (placed.length < 2) return;
    send([["shape", "polygon"], ["corners", numbers(kind === "polygon" ? placed : boxOf(...placed))]]);
  }

  function send(shape) {
    stop();
    box.follow(within(box.dataset.select, shape));
  }

  function near(one, other) {
    const [a, b] = [map.project(one), map.project(other)];
    return Math.hypot(a.x - b.x, a.y - b.y) < NEAR;
  }

  function draw() {
    map.getSource("draft").setData({ type: "FeatureCollection", features: features(draft) });
    const { kind, placed, at } = draft;
    const say = words.draw[kind];
    panel.querySelector("[data-told]").textContent = say[Math.min(placed.length, say.length - 1)];
    const measured = kind === "circle" && placed.length > 0;
    radius.closest("label").hidden = !measured;
    if (measured && !draft.typed) radius.value = at === placed[0] ? radius.defaultValue : String(Math.round(metres(placed[0], at)));
    panel.querySelector("[data-done]").disabled = placed.length < { circle: 1, rectangle: 2, polygon: 3 }[kind];
    panel.querySelector("[data-back]").disabled = !placed.length;
  }

  /* One finger, the pen or the mouse: what is pressed and let go at the same place sets a point. */
  const stage = map.getCanvasContainer();
  const placeOf = (event) => {
    const edge = stage.getBoundingClientRect();
    return map.unproject([event.clientX - edge.left, event.clientY - edge.top]).toArray();
  };
  stage.addEventListener("pointerdown", (event) => {
    if (!draft || event.button) return;
    if (!event.isPrimary) {
      draft.pressed = null;
      return;
    }
    draft.pressed = { x: event.clientX, y: event.clientY, first: draft.kind !== "polygon" && !draft.placed.length };
    if (draft.pressed.first) put(placeOf(event));
  });
  stage.addEventListener("pointermove", (event) => {
    if (!draft?.placed.length || !event.isPrimary || draft.typed) return;
    draft.byKeys = false;
    draft.at = placeOf(event);
    draw();
  });
  stage.addEventListener("pointerup", (event) => {
    if (!draft?.pressed || !event.isPrimary) return;
    const { x, y, first } = draft.pressed;
    draft.pressed = null;
    const moved = Math.hypot(event.clientX - x, event.clientY - y) > CLICK;
    if (draft.kind === "polygon" ? !moved : moved || !first) put(placeOf(event));
  });

  map.on("move", () => {
    if (!draft?.byKeys || !draft.placed.length) return;
    draft.at = map.getCenter().toArray();
    draw();
  });
  document.addEventListener("keydown", (event) => {
    if (!draft) return;
    if (event.key === "Escape") {
      const button = buttons.find((one) => one.dataset.draw === draft.kind);
      stop();
      button.focus();
      return;
    }
    if (event.target !== map.getCanvas()) return;
    draft.byKeys = true;
    const here = () => put(map.getCenter().toArray());
    const keys = { " ": here, Enter: draft.kind === "polygon" ? finish : here, Backspace: back };
    if (!keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (draft) finish();
  });
  radius.addEventListener("input", () => {
    draft.typed = Number(radius.value.replace(",", ".")) || 0;
    map.getSource("draft").setData({ type: "FeatureCollection", features: features(draft) });
  });
  panel.querySelector("[data-back]").addEventListener("click", () => draft && back());
  panel.querySelector("[data-stop]").addEventListener("click", stop);
}

function features({ kind, placed, at, typed }) {
  const made = placed.map((place) => ({ type: "Feature", geometry: { type: "Point", coordinates: place }, properties: {} }));
  const seen = placed.length && at !== placed.at(-1) ? [...placed, at] : placed;
  const line = { circle: circleOf, rectangle: rectangleOf, polygon: polygonOf }[kind](seen, typed);
  if (line) made.push({ type: "Feature", geometry: { type: "Polygon", coordinates: [line] }, properties: {} });
  return made;
}

function circleOf([middle, edge], typed) {
  const long = typed || (edge ? metres(middle, edge) : 0);
  return middle && long ? ring(middle, long) : null;
}

function rectangleOf([one, other]) {
  return other ? [...boxOf(one, other), one] : null;
}

function polygonOf(places) {
  return places.length > 1 ? [...places, places[0]] : null;
}

function layers() {
  const outline = { "line-color": COLOUR, "line-width": 2.2, "line-dasharray": [2, 1.4] };
  const corner = { "circle-radius": 5, "circle-color": "#ffffff", "circle-stroke-color": COLOUR, "circle-stroke-width": 2.2 };
  return [
    { id: "draft-surface", type: "fill", source: "draft", paint: { "fill-color": COLOUR, "fill-opacity": 0.08 } },
    { id: "draft-line", type: "line", source: "draft", paint: outline },
    { id: "draft-corners", type: "circle", source: "draft", filter: ["==", ["geometry-type"], "Point"], paint: corner },
  ];
}
