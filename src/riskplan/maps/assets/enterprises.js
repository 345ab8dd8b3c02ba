/* Enterprises on one canvas: form, size and colour by tier, the visits of the week in front, hover and click. */
riskplan.layer.enterprises = function (map, data) {
  'use strict';
  const el = riskplan.el;
  const x = riskplan.sums(data.x);
  const y = riskplan.sums(data.y);
  const points = x.map(function (value, i) { return L.latLng(y[i] * 1e-5, value * 1e-5); });
  const world = points.map(function (point) { return map.project(point, 0); });
  const order = data.tier.map(function (tier, i) { return i; });
  order.sort(function (a, b) { return rank(b) - rank(a) || a - b; });
  const near = new Map(data.near);
  const aside = spread();
  let inWeek = new Set();
  let hovered = -1;

  function rank(i) { return data.tier[i] < 0 ? 9 : data.tier[i]; }
  function isShown(i) { return riskplan.state.tiers[data.tier[i] < 0 ? 4 : data.tier[i]]; }
  function grow() { return Math.max(0.72, Math.min(1.6, 0.72 + (map.getZoom() - 10) * 0.2)); }

  /* Premises placed at the same seat stand around it, a few pixels apart, so that each can be seen and chosen. */
  function spread() {
    const seen = new Map();
    return points.map(function (point, i) {
      if (!near.has(i)) { return null; }
      const seat = point.lat + ' ' + point.lng;
      const k = seen.get(seat) || 0;
      seen.set(seat, k + 1);
      return [7 * Math.sqrt(k) * Math.cos(2.39996 * k), 7 * Math.sqrt(k) * Math.sin(2.39996 * k)];
    });
  }

  function trace(ctx, at, look, radius) {
    ctx.beginPath();
    if (!look.corners) { ctx.arc(at.x, at.y, radius, 0, 6.2832); return; }
    look.corners.forEach(function (c, i) {
      if (i) { ctx.lineTo(at.x + c[0] * radius, at.y + c[1] * radius); } else { ctx.moveTo(at.x + c[0] * radius, at.y + c[1] * radius); }
    });
    ctx.closePath();
  }

  const Points = L.Renderer.extend({
    options: {pane: 'points', padding: 0.2},
    _initContainer: function () {
      this._container = document.createElement('canvas');
      this._ctx = this._container.getContext('2d');
    },
    _destroyContainer: function () { L.DomUtil.remove(this._container); },
    _updatePaths: function () { /* nothing but this canvas draws here */ },
    _update: function () {
      if (this._map._animatingZoom && this._bounds) { return; }
      L.Renderer.prototype._update.call(this);
      const size = this._bounds.getSize();
      const dense = window.devicePixelRatio || 1;
      this._container.width = Math.round(size.x * dense);
      this._container.height = Math.round(size.y * dense);
      this._container.style.width = size.x + 'px';
      this._container.style.height = size.y + 'px';
      L.DomUtil.setPosition(this._container, this._bounds.min);
      this._ctx.setTransform(dense, 0, 0, dense, -this._bounds.min.x * dense, -this._bounds.min.y * dense);
      this.draw();
    },
    place: function (i) {
      const times = Math.pow(2, map.getZoom());
      const origin = map.getPixelOrigin();
      const off = aside[i] || [0, 0];
      return {x: world[i].x * times - origin.x + off[0], y: world[i].y * times - origin.y + off[1]};
    },
    draw: function () {
      const ctx = this._ctx;
      const box = this._bounds;
      const state = riskplan.state;
      const quiet = state.view === 'week';
      const factor = grow();
      ctx.clearRect(box.min.x, box.min.y, box.getSize().x, box.getSize().y);
      ctx.lineJoin = 'round';
      [false, true].forEach(function (front) {
        order.forEach(function (i) {
          const called = quiet && inWeek.has(i);
          if (called !== front || !isShown(i)) { return; }
          const at = this.place(i);
          if (!box.contains([at.x, at.y])) { return; }
          this.one(ctx, i, at, factor, quiet && !called);
        }, this);
      }, this);
      [state.enterprise, hovered].forEach(function (i) { if (i >= 0) { this.ring(ctx, i, factor); } }, this);
    },
    one: function (ctx, i, at, factor, faded) {
      const look = riskplan.look(data.tier[i]);
      const radius = look.radius * factor * (faded ? 0.62 : 1);
      ctx.globalAlpha = faded ? 0.3 : 1;
      if (!faded && riskplan.state.view === 'week') {
        trace(ctx, at, look, radius + 3.2);
        ctx.fillStyle = '#fff';
        ctx.fill();
        ctx.lineWidth = 1.4;
        ctx.strokeStyle = '#23302f';
        ctx.stroke();
      }
      trace(ctx, at, look, radius);
      ctx.fillStyle = look.fill;
      ctx.fill();
      ctx.lineWidth = faded ? 0.5 : 0.9;
      ctx.strokeStyle = look.edge;
      ctx.stroke();
      if (near.has(i)) { this.dots(ctx, at, radius + 2.6); }
      ctx.globalAlpha = 1;
    },
    dots: function (ctx, at, radius) {
      ctx.setLineDash([1.6, 2.4]);
      ctx.beginPath();
      ctx.arc(at.x, at.y, radius, 0, 6.2832);
      ctx.lineWidth = 1.2;
      ctx.strokeStyle = '#23302f';
      ctx.stroke();
      ctx.setLineDash([]);
    },
    ring: function (ctx, i, factor) {
      const at = this.place(i);
      const look = riskplan.look(data.tier[i]);
      this.one(ctx, i, at, factor, false);
      ctx.beginPath();
      ctx.arc(at.x, at.y, look.radius * factor + 6, 0, 6.2832);
      ctx.lineWidth = 2.2;
      ctx.strokeStyle = '#16211f';
      ctx.stroke();
    }
  });
  const canvas = new Points().addTo(map);

  /* The enterprise under a place of the screen, -1 when there is none. */
  function under(spot) {
    let best = -1;
    let least = Infinity;
    order.forEach(function (i) {
      if (!isShown(i)) { return; }
      const at = canvas.place(i);
      const reach = riskplan.look(data.tier[i]).radius * grow() + 5;
      const away = Math.hypot(at.x - spot.x, at.y - spot.y);
      const priority = riskplan.state.view === 'week' && !inWeek.has(i) ? away + 4 : away;
      if (away <= reach && priority <= least) { best = i; least = priority; }
    });
    return best;
  }

  function nearText(i) { return near.has(i) ? riskplan.say(near.get(i) ? 'near_township' : 'near_village') : ''; }
  function named(i) { return [data.name[i] || data.id[i], nearText(i)].filter(Boolean).join(' · '); }

  const tip = el('div', 'tip hidden');
  map.getContainer().appendChild(tip);
  map.on('mousemove', function (event) {
    const found = under(event.layerPoint);
    if (found !== hovered) {
      hovered = found;
      map.getContainer().classList.toggle('pointing', found >= 0);
      tip.textContent = found >= 0 ? named(found) : '';
      tip.classList.toggle('hidden', found < 0);
      canvas.draw();
    }
    if (found >= 0) {
      tip.style.transform = 'translate(' + Math.round(event.containerPoint.x + 14) + 'px,' + Math.round(event.containerPoint.y + 10) + 'px)';
    }
  });
  map.on('mouseout movestart', function () { hovered = -1; tip.classList.add('hidden'); });
  map.on('click', function (event) { riskplan.set({enterprise: under(event.layerPoint)}); });

  riskplan.on('tiers week view enterprise', function (state) {
    inWeek = new Set(riskplan.visits ? riskplan.visits.ofWeek(state.week).map(riskplan.visits.enterpriseOf) : []);
    canvas.draw();
  });

  /* Legend with counts; each tier can be switched off. */
  const legend = el('div', 'legend');
  legend.id = 'legend';
  riskplan.shared.tiers.forEach(function (tier, t) {
    const box = document.createElement('input');
    box.type = 'checkbox';
    box.checked = true;
    const count = data.tier.filter(function (value) { return value === t; }).length;
    const label = el('label', 'legend-row', box, riskplan.symbol(t), el('span', 'legend-name', tier.name),
      el('span', 'legend-count', riskplan.number(count)));
    box.addEventListener('change', function () {
      const tiers = riskplan.state.tiers.slice();
      tiers[t] = box.checked;
      riskplan.set({tiers: tiers});
    });
    legend.appendChild(label);
  });
  if (near.size) {
    legend.appendChild(el('div', 'legend-row', el('span', 'near-mark', ''), el('span', 'legend-name', riskplan.say('near')),
      el('span', 'legend-count', riskplan.number(near.size))));
  }
  riskplan.region.top.appendChild(legend);

  riskplan.enterprises = Object.assign(data, {
    points: points,
    label: function (i) { return data.name[i] || data.id[i]; },
    nearText: nearText,
    show: function (i) {
      const zoom = Math.max(map.getZoom(), 12);
      if (!map.getBounds().pad(-0.15).contains(points[i])) { map.setView(points[i], zoom, {animate: false}); }
    }
  });
};
