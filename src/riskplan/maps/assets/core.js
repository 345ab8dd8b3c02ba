/* Shared by all layers: elements, words, columns, state. Text of the data reaches the page by text nodes only. */
(function () {
  'use strict';
  const riskplan = window.riskplan = {layer: {}};

  /* An element with a class and children; a string child becomes a text node, null is left out. */
  riskplan.el = function (tag, name, ...children) {
    const node = document.createElement(tag);
    if (name) { node.className = name; }
    children.forEach(function (child) {
      if (child === null || child === undefined || child === '') { return; }
      node.appendChild(child instanceof Node ? child : document.createTextNode(String(child)));
    });
    return node;
  };

  riskplan.button = function (name, label, act) {
    const node = riskplan.el('button', name, label);
    node.type = 'button';
    node.addEventListener('click', act);
    return node;
  };

  riskplan.clear = function (node) {
    while (node.firstChild) { node.removeChild(node.firstChild); }
    return node;
  };

  /* A worded template with its {values}; values are inserted as they are. */
  riskplan.say = function (key, values) {
    const text = riskplan.shared.text[key] || key;
    return text.replace(/\{(\w+)\}/g, function (whole, name) {
      return values && name in values ? String(values[name]) : whole;
    });
  };

  riskplan.number = function (value) {
    return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
  };

  riskplan.clock = function (minutes) {
    const two = function (n) { return (n < 10 ? '0' : '') + n; };
    return two(Math.floor(minutes / 60)) + ':' + two(minutes % 60);
  };

  /* Running sums: undoes the steps in which coordinates and positions are stored. */
  riskplan.sums = function (steps) {
    let total = 0;
    return steps.map(function (step) { total += step; return total; });
  };

  riskplan.word = function (column, row) { return column.words[column.at[row]]; };

  /* Rows of each key 0..size-1. */
  riskplan.group = function (keys, size) {
    const rows = Array.from({length: size}, function () { return []; });
    keys.forEach(function (key, row) { if (key >= 0) { rows[key].push(row); } });
    return rows;
  };

  riskplan.departmentNames = function (places) {
    return places.map(function (d) { return riskplan.shared.departments[d]; }).join(riskplan.say('list_comma'));
  };

  riskplan.itemNames = function (places) {
    return places.map(function (i) { return riskplan.shared.items[i]; }).join(riskplan.say('list_comma'));
  };

  /* Shape and colours of the tiers, safe for colour-blind readers: form, size and lightness differ as well. */
  riskplan.tierLook = [
    {fill: '#c8302b', edge: '#6f0f0c', radius: 6.4, corners: [[0, -1], [1, 0], [0, 1], [-1, 0]]},
    {fill: '#f0892b', edge: '#8a4300', radius: 5.6, corners: [[0, -1.05], [1, 0.75], [-1, 0.75]]},
    {fill: '#f6d64a', edge: '#84690a', radius: 3.9, corners: [[-1, -1], [1, -1], [1, 1], [-1, 1]]},
    {fill: '#4a86c5', edge: '#1c4a7d', radius: 3.5, corners: null},
    {fill: '#b9b5aa', edge: '#77736a', radius: 3, corners: null}
  ];

  riskplan.look = function (tier) { return riskplan.tierLook[tier < 0 ? 4 : tier]; };

  /* The symbol of a tier as a small drawing for lists and legends. */
  riskplan.symbol = function (tier) {
    const look = riskplan.look(tier);
    const scale = look.corners ? look.radius : look.radius + 0.6;
    const space = 'http://www.w3.org/2000/svg';
    const svg = document.createElementNS(space, 'svg');
    const form = document.createElementNS(space, look.corners ? 'polygon' : 'circle');
    svg.setAttribute('viewBox', '-8 -8 16 16');
    svg.setAttribute('class', 'symbol');
    svg.setAttribute('aria-hidden', 'true');
    if (look.corners) {
      form.setAttribute('points', look.corners.map(function (c) { return c[0] * scale + ',' + c[1] * scale; }).join(' '));
    } else {
      form.setAttribute('r', scale);
    }
    form.setAttribute('fill', look.fill);
    form.setAttribute('stroke', look.edge);
    svg.appendChild(form);
    return svg;
  };

  /* State of the page and who listens to it. */
  const listeners = [];
  riskplan.state = {
    week: 0, view: 'year', tiers: [true, true, true, true, true],
    enterprise: -1, team: -1, day: -1, tab: 'summary', township: -1
  };

  riskplan.on = function (names, act) { listeners.push({names: names.split(' '), act: act}); };

  riskplan.set = function (changes) {
    const state = riskplan.state;
    const changed = Object.keys(changes).filter(function (name) { return state[name] !== changes[name]; });
    Object.assign(state, changes);
    listeners.forEach(function (listener) {
      if (listener.names.some(function (name) { return changed.indexOf(name) >= 0; })) { listener.act(state, changed); }
    });
  };

  riskplan.refresh = function () {
    listeners.forEach(function (listener) { listener.act(riskplan.state, listener.names); });
  };
}());
