// What a page of a browser does with a movement, by its own clock: when it was heard, when the request left,
// when the last answer came, when a chart or heading last changed and when that stood on the screen.
(() => {
  const seen = { heard: null, sent: null, answered: null, finished: 0, changed: null, painted: null, steps: 0 };
  window.seen = seen;
  window.begin = () => Object.assign(seen, { heard: null, sent: null, answered: null, finished: 0, changed: null, painted: null, steps: 0 });
  const drawn = () => {
    seen.changed = performance.now();
    seen.steps += 1;
    // the next frame's work, and what comes after it: the change stands on the screen
    requestAnimationFrame(() => setTimeout(() => { seen.painted = performance.now(); }, 0));
  };
  const counts = (node) => {
    const at = node.nodeType === 1 ? node : node.parentElement;
    return at && at.closest('[data-testid=stVegaLiteChart], [data-testid=stHeading]');
  };
  new MutationObserver((changes) => { if (changes.some((one) => counts(one.target) ||
    [...one.addedNodes].some((node) => node.nodeType === 1 && node.querySelector('[data-testid=stVegaLiteChart] svg, canvas')))) drawn();
  }).observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
  for (const name of ['fill', 'stroke', 'fillText', 'clearRect', 'fillRect', 'drawImage']) {
    const own = CanvasRenderingContext2D.prototype[name];
    CanvasRenderingContext2D.prototype[name] = function (...given) {
      if (this.canvas.isConnected && counts(this.canvas)) drawn();
      return own.apply(this, given);
    };
  }
  const heard = () => { if (seen.heard === null) seen.heard = performance.now(); };
  window.hear = (kind) => document.addEventListener(kind, heard, { once: true, capture: true });
  const Own = window.WebSocket;
  window.WebSocket = class extends Own {
    constructor(...given) {
      super(...given);
      this.addEventListener('message', () => { seen.answered = performance.now(); });
    }
    send(given) { seen.sent = performance.now(); super.send(given); }
  };
})();
