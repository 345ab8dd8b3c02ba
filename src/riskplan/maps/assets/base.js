/* The base map: township polygons, their labels, the note on boundaries, the credit line, the scale. */
riskplan.layer.base = function (map, data) {
  'use strict';
  const el = riskplan.el;
  const scale = 1e-5;

  map.createPane('areas').style.zIndex = 350;
  map.createPane('routes').style.zIndex = 420;
  map.createPane('points').style.zIndex = 450;
  map.createPane('labels').style.zIndex = 460;
  map.createPane('stops').style.zIndex = 470;
  ['labels', 'stops'].forEach(function (name) { map.getPane(name).style.pointerEvents = 'none'; });

  const renderer = L.svg({pane: 'areas', padding: 0.4});
  riskplan.areas = data.shapes.map(function (shape) {
    const rings = shape.rings.map(function (ring) {
      const x = riskplan.sums(ring.x);
      const y = riskplan.sums(ring.y);
      return x.map(function (value, i) { return [y[i] * scale, value * scale]; });
    });
    const area = L.polygon(rings, {
      pane: 'areas', renderer: renderer, interactive: false, className: 'area', weight: 1, smoothFactor: 0.6
    }).addTo(map);
    return {township: shape.township, layer: area};
  });

  /* Labels: a name and a number; those that would overlap give way to the ones named first. */
  const labels = data.labels.map(function (point, township) {
    const name = el('span', 'label-name', riskplan.shared.townships[township]);
    const figure = el('span', 'label-figure');
    const node = el('div', 'label', name, figure);
    const place = point || areaCentre(township);
    if (!place) { return null; }
    const marker = L.marker(place, {
      pane: 'labels', interactive: false, keyboard: false,
      icon: L.divIcon({html: node, className: 'label-box', iconSize: [0, 0]})
    }).addTo(map);
    return {township: township, marker: marker, node: node, figure: figure, rank: 0, at: place};
  }).filter(Boolean);

  function areaCentre(township) {
    const found = riskplan.areas.filter(function (area) { return area.township === township; })[0];
    return found ? found.layer.getBounds().getCenter() : null;
  }

  function settleLabels() {
    const kept = [];
    labels.slice().sort(function (a, b) { return b.rank - a.rank || a.township - b.township; }).forEach(function (label) {
      const at = map.latLngToContainerPoint(label.at);
      const half = label.node.offsetWidth / 2 + 3;
      const high = label.node.offsetHeight / 2 + 1;
      const box = {left: at.x - half, right: at.x + half, top: at.y - high, bottom: at.y + high};
      const free = kept.every(function (other) {
        return box.right < other.left || box.left > other.right || box.bottom < other.top || box.top > other.bottom;
      });
      label.node.classList.toggle('crowded', !free);
      if (free) { kept.push(box); }
    });
  }

  riskplan.labels = labels;
  riskplan.settleLabels = settleLabels;
  map.on('zoomend resize', settleLabels);

  /* Everything of interest; used at the start and by the button that shows the whole county again. */
  riskplan.wholeView = function () {
    const box = L.latLngBounds([]);
    riskplan.areas.forEach(function (area) { box.extend(area.layer.getBounds()); });
    if (riskplan.enterprises) { riskplan.enterprises.points.forEach(function (p) { box.extend(p); }); }
    const small = map.getSize().x < 700;
    if (box.isValid()) {
      map.fitBounds(box, small ? {paddingTopLeft: [6, 56], paddingBottomRight: [6, 26], animate: false} :
        {paddingTopLeft: [24, 64], paddingBottomRight: [24, 40], animate: false});
    }
  };

  L.control.scale({imperial: false, position: 'bottomleft', maxWidth: 90}).addTo(map);
  L.control.zoom({position: 'topright', zoomInTitle: riskplan.say('zoom_in'), zoomOutTitle: riskplan.say('zoom_out')}).addTo(map);
  const home = riskplan.button('home', '⌂', riskplan.wholeView);
  home.title = riskplan.say('whole');
  home.setAttribute('aria-label', riskplan.say('whole'));
  riskplan.region.right.appendChild(home);

  [['boundary-note', data.boundary_note], ['credit', data.credit]].forEach(function (part) {
    if (part[1]) {
      const node = el('span', part[0], part[1]);
      node.id = part[0];
      riskplan.region.note.appendChild(node);
    }
  });
};
