/* Charts: each element with `data-chart` holds a figure for Plotly as JSON and is drawn when it
   comes into view; until then Plotly itself is not loaded. The table beside it says the same, so
   nothing is lost without this file. The page says the title and the notes; only a picture that is
   taken away carries them itself.

   After drawing, the element has the class chart-drawn. */

/* A grid whose fullest cell holds fewer stays pale: a handful of crashes is no dark spot. */
const FAINT = 5;
const PAPER = { width: 640, height: 300 };
const PHONE = window.matchMedia("(max-width: 640px)");
let library = null;

function plotly() {
  library ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = new URL("./vendor/plotly-cartesian.min.js", import.meta.url).href;
    script.addEventListener("load", () => resolve(window.Plotly));
    script.addEventListener("error", reject);
    document.head.append(script);
  });
  return library;
}

const watcher = new IntersectionObserver((seen) => {
  for (const one of seen.filter((entry) => entry.isIntersecting)) {
    watcher.unobserve(one.target);
    draw(one.target);
  }
}, { rootMargin: "200px" });

for (const box of document.querySelectorAll("[data-chart]")) {
  show(box, "wait");
  watcher.observe(box);
}

function show(box, part) {
  for (const name of ["stage", "wait", "failed"]) box.querySelector(`.chart-${name}`).hidden = name !== part;
}

async function draw(box) {
  const figure = JSON.parse(box.querySelector("script").textContent);
  try {
    const library = await plotly();
    const stage = box.querySelector(".chart-stage");
    show(box, "stage");
    await library.newPlot(stage, figure.data.map(plain), layout(figure.layout), { ...figure.config, displayModeBar: false });
    box.classList.add("chart-drawn");
    PHONE.addEventListener("change", () => library.relayout(stage, layout(figure.layout)));
    window.addEventListener("beforeprint", () => library.relayout(stage, PAPER));
    window.addEventListener("afterprint", () => library.relayout(stage, { width: null, height: null, autosize: true }));
  } catch (error) {
    show(box, "failed");
    console.warn(error);
  }
}

/* The scale of a grid is said by the page: Plotly's own writes style attributes, which the policy
   of the page refuses. */
function plain(trace) {
  if (trace.type !== "heatmap") return trace;
  return { ...trace, showscale: false, zmax: Math.max(FAINT, ...trace.z.flat()) };
}

/* The page has its own title; a phone has no room for a legend beside the bars. */
function layout(given) {
  const legend = { orientation: "h", x: 0, y: 1.02, yanchor: "bottom", title: { text: "" } };
  const made = structuredClone(given);
  delete made.title;
  made.font.family = '"CK Sans", system-ui, sans-serif';
  made.font.size = PHONE.matches ? 11 : 13;
  made.margin = { t: 12, r: 8, b: 48, l: 48 };
  if (PHONE.matches) made.yaxis.title = { text: "" };
  if (PHONE.matches && made.xaxis.dtick === 1) made.xaxis.dtick = 3;
  if (made.showlegend) made.legend = { ...made.legend, ...legend };
  made.dragmode = false;
  return made;
}
