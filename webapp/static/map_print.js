/* The map on paper. */

/* Paper has another shape than the screen: draw anew in its size. Printers do not wait for the
   picture of a WebGL canvas, so a plain copy of it is printed. */
export function printing(map, box) {
  const copy = document.createElement("canvas");
  copy.className = "map-copy";
  map.getCanvas().after(copy);
  const redraw = (onPaper) => {
    const [stage, zoom] = [map.getContainer(), map.getZoom()];
    const [width, height] = [stage.clientWidth, stage.clientHeight];
    box.classList.toggle("map-on-paper", onPaper);
    map.resize();
    const grown = (stage.clientWidth / width) * (stage.clientHeight / height);
    map.jumpTo({ zoom: zoom + Math.log2(grown) / 2 });
    map.redraw();
  };
  window.addEventListener("beforeprint", () => {
    redraw(true);
    const drawn = map.getCanvas();
    copy.width = drawn.width;
    copy.height = drawn.height;
    copy.getContext("2d").drawImage(drawn, 0, 0);
  });
  window.addEventListener("afterprint", () => redraw(false));
}
