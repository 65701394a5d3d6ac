/* The base map: land, water, borders and names, drawn from one file without any outside request.

   sources(url)      what MapLibre reads
   ground()          layers that lie under the data
   switched          names of its layers by switch
   names(language)   layers that lie above the data: towns and countries in the reader's language
   fonts(language)   promise: the fonts of the labels are there; wait for it before making a map */

export const FONT = "CK Sans";

/* What a switch ([data-switch]) shows and hides of it. */
export const switched = { borders: ["areas"] };

const COLOURS = {
  water: "#dbe7ee",
  land: "#f8f6f1",
  coast: "#b9cbd6",
  river: "#cbdde7",
  area: "#ddd6ca",
  country: "#a79f92",
  city: "#54565b",
  land_name: "#7d776c",
  halo: "#fbfaf7",
};

const SAMPLES = { ru: "Яя", zh: "中文", ur: "اردو", fa: "فارسی", ka: "ქართული" };

export function sources(url) {
  return { base: { type: "vector", url: `pmtiles://${new URL(url, location.href).href}` } };
}

export function ground() {
  return [
    { id: "sea", type: "background", paint: { "background-color": COLOURS.water } },
    fill("land", "land", COLOURS.land),
    line("rivers", "water", "river", { "line-color": COLOURS.river, "line-width": widths(0.4, 1.6) }),
    { ...fill("lakes", "water", COLOURS.water), filter: ["==", ["get", "kind"], "lake"] },
    line("lake-shores", "water", "lake", { "line-color": COLOURS.coast, "line-width": 0.6 }),
    line("coasts", "borders", "coast", { "line-color": COLOURS.coast, "line-width": 0.7 }),
    {
      ...line("areas", "borders", "area", {
        "line-color": COLOURS.area,
        "line-width": widths(0.4, 1.2),
        "line-dasharray": [3, 2],
      }),
      minzoom: 3.5,
    },
    line("countries", "borders", "country", {
      "line-color": COLOURS.country,
      "line-width": widths(0.6, 1.8),
    }),
    line("disputed", "borders", "disputed", {
      "line-color": COLOURS.country,
      "line-width": widths(0.6, 1.5),
      "line-dasharray": [2, 2],
    }),
    // Below the crashes, which a dot for a town must never hide.
    cityDots(),
  ];
}

export function names(language) {
  return [cityNames(language), countryNames(language)];
}

export function fonts(language) {
  const wanted = ["Aä", SAMPLES[language] ?? ""].join("");
  const loaded = [400, 700].map((weight) => document.fonts.load(`${weight} 24px "${FONT}"`, wanted));
  return Promise.allSettled(loaded);
}

export function inLanguage(language) {
  return language === "en"
    ? ["get", "name"]
    : ["coalesce", ["get", `name_${language}`], ["get", "name"]];
}

function fill(id, layer, colour) {
  const paint = { "fill-color": colour, "fill-antialias": true };
  return { id, type: "fill", source: "base", "source-layer": layer, paint };
}

function line(id, layer, kind, paint) {
  return {
    id,
    type: "line",
    source: "base",
    "source-layer": layer,
    filter: ["==", ["get", "kind"], kind],
    layout: { "line-join": "round", "line-cap": "round" },
    paint,
  };
}

function widths(far, near) {
  return ["interpolate", ["linear"], ["zoom"], 2, far, 10, near];
}

/* A town is named once the map is close enough for its rank (0 capital, 6 smallest). */
function bigEnough() {
  return ["<=", ["get", "rank"], ["step", ["zoom"], 0, 3, 1, 4, 2, 5, 3, 6, 4, 7, 5, 8, 6]];
}

function cityDots() {
  return {
    id: "city-dots",
    type: "circle",
    source: "base",
    "source-layer": "cities",
    filter: bigEnough(),
    maxzoom: 9,
    paint: {
      "circle-radius": ["case", ["==", ["get", "capital"], 1], 3, 2],
      "circle-color": COLOURS.halo,
      "circle-stroke-color": COLOURS.city,
      "circle-stroke-width": 1,
    },
  };
}

function cityNames(language) {
  return {
    id: "city-names",
    type: "symbol",
    source: "base",
    "source-layer": "cities",
    filter: bigEnough(),
    layout: {
      "text-field": inLanguage(language),
      "text-font": [FONT],
      "text-size": ["interpolate", ["linear"], ["get", "rank"], 0, 14, 3, 12.5, 6, 11.5],
      "text-variable-anchor": ["left", "right", "top", "bottom"],
      "text-radial-offset": 0.5,
      "text-justify": "auto",
      "symbol-sort-key": ["get", "rank"],
    },
    paint: {
      "text-color": COLOURS.city,
      "text-halo-color": COLOURS.halo,
      "text-halo-width": 1.4,
    },
  };
}

function countryNames(language) {
  return {
    id: "country-names",
    type: "symbol",
    source: "base",
    "source-layer": "countries",
    maxzoom: 7,
    layout: {
      "text-field": inLanguage(language),
      "text-font": [FONT],
      "text-size": ["interpolate", ["linear"], ["zoom"], 2, 11, 6, 17],
      "text-max-width": 7,
      "symbol-sort-key": ["get", "rank"],
    },
    paint: {
      "text-color": COLOURS.land_name,
      "text-halo-color": COLOURS.halo,
      "text-halo-width": 1.6,
    },
  };
}
