/* The map on paper. */

import { mine } from "./map_switches.js";
import { idle } from "./map_view.js";

const FINE = 2.5;

/* Paper has another shape than the screen: draw anew in its size. Printers do not wait for the canvas
   of WebGL, so a picture of it is printed. The button waits until all of the new ground is drawn; the
   browser's own menu cannot, and may print an edge of the map without it. */
export function printing(map, box) {
  const copy = new Image();
  copy.className = "map-copy";
  copy.alt = "";
  map.getCanvas().after(copy);
  let onPaper = false;

  const put = (paper) => {
    if (onPaper === paper) return;
    onPaper = paper;
    const [stage, zoom] = [map.getContainer(), map.getZoom()];
    const [width, height] = [stage.clientWidth, stage.clientHeight];
    box.classList.toggle("map-on-paper", paper);
    map.setPixelRatio(paper ? FINE : window.devicePixelRatio);
    map.resize();
    const grown = (stage.clientWidth / width) * (stage.clientHeight / height);
    map.jumpTo({ zoom: zoom + Math.log2(grown) / 2 });
    map.redraw();
  };
  const take = () => {
    copy.src = map.getCanvas().toDataURL("image/png");
    return copy.decode();
  };
  window.addEventListener("beforeprint", () => {
    if (onPaper) return;
    put(true);
    take();
  });
  window.addEventListener("afterprint", () => {
    put(false);
    copy.removeAttribute("src");
  });
  box.toPaper = async () => {
    put(true);
    await idle(map);
    await take();
  };
  for (const button of mine(box, "[data-print-map]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      await box.toPaper();
      window.print();
    });
  }
}
