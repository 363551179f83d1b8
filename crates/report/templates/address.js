// What the reader has chosen, kept in the page's address so that a view can be linked: #protocol=rated&k=10&user=42.
const address = (() => {
  const read = () => new URLSearchParams(location.hash.includes("=") ? location.hash.slice(1) : "");
  const listeners = [];
  let chosen = read();
  addEventListener("hashchange", () => {
    // A jump to a section is no choice.
    if (!location.hash.includes("=")) return;
    chosen = read();
    listeners.forEach((listener) => listener());
  });
  return {
    get: (name) => chosen.get(name),
    // Choices that are null are the page's own, and not told.
    set(choices) {
      for (const [name, value] of Object.entries(choices)) {
        if (value === null) chosen.delete(name);
        else chosen.set(name, value);
      }
      const hash = chosen.toString();
      history.replaceState(null, "", hash ? "#" + hash : location.pathname + location.search);
    },
    onChange: (listener) => listeners.push(listener),
  };
})();

// An element with attributes and children; text stays text.
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}
