/* Day routes of the chosen week by team: ways along roads or schematic lines, numbered stops, and a list with date and times. */
riskplan.layer.routes = function (map, data) {
  'use strict';
  const el = riskplan.el;
  const say = riskplan.say;
  const colours = ['#00695c', '#6a3fa0', '#9c2f6b', '#7a5230', '#30508c', '#4f6d1f', '#374951', '#a04a00'];
  const visits = riskplan.visits;
  const enterprises = riskplan.enterprises;
  const byWeek = riskplan.group(data.routes.map(function (route) { return route.week; }), riskplan.weekNames.length);
  const drawn = L.layerGroup().addTo(map);
  const pane = riskplan.tab('week');

  function colour(r) { return colours[byWeek[data.routes[r].week].indexOf(r) % colours.length]; }
  function stopsOf(route) { return route.stops.map(function (v, i) { return {visit: v, i: i}; }).filter(function (s) { return s.visit >= 0; }); }
  function isOn(r, state) {
    const route = data.routes[r];
    return (state.team < 0 || state.team === r) && (state.day < 0 || state.day === route.day);
  }

  function drawRoute(r) {
    const route = data.routes[r];
    const depot = route.depot >= 0 ? data.depots[route.depot] : null;
    const stops = stopsOf(route);
    const line = route.way || stops.map(function (s) { return enterprises.points[visits.enterprise[s.visit]]; });
    if (depot && !route.way) { line.unshift(depot); line.push(depot); }
    drawn.addLayer(L.polyline(line, {pane: 'routes', interactive: false, color: '#fff', weight: 5, opacity: 0.8}));
    drawn.addLayer(L.polyline(line, {
      pane: 'routes', interactive: false, color: colour(r), weight: 2.4, opacity: 0.95,
      dashArray: byWeek[route.week].indexOf(r) % 16 >= colours.length ? '7 5' : null
    }));
    stops.forEach(function (s, n) {
      const node = el('div', 'stop', String(n + 1));
      node.style.background = colour(r);
      drawn.addLayer(mark(enterprises.points[visits.enterprise[s.visit]], node));
    });
    if (depot) { drawn.addLayer(mark(depot, el('div', 'depot'))); }
  }

  function mark(at, node) {
    return L.marker(at, {
      pane: 'stops', interactive: false, keyboard: false, icon: L.divIcon({html: node, className: 'label-box', iconSize: [0, 0]})
    });
  }

  function teamBox(r) {
    const route = data.routes[r];
    const chosen = riskplan.state.team === r;
    const title = riskplan.button('team-title', '', function () {
      riskplan.set({team: chosen ? -1 : r, view: 'week'});
      if (!chosen) { fitRoute(r); }
    });
    const swatch = el('i', 'team-swatch');
    swatch.style.background = colour(r);
    title.appendChild(swatch);
    title.appendChild(el('span', 'team-day', riskplan.dayName(route.week, route.day)));
    title.appendChild(el('span', 'team-hours', riskplan.clock(route.leave[0]) + '–' + riskplan.clock(route.arrive[route.arrive.length - 1])));
    title.setAttribute('aria-pressed', String(chosen));
    const crew = riskplan.departmentNames(route.departments) + (route.officers ? say('n_officers', {n: route.officers}) : '');
    const list = el('ol', 'stops');
    stopsOf(route).forEach(function (s) {
      const i = s.i;
      const e = visits.enterprise[s.visit];
      const line = riskplan.button('stop-row', '', function () { riskplan.set({enterprise: e}); enterprises.show(e); });
      line.appendChild(el('span', 'stop-time', riskplan.clock(route.start[i]) + '–' + riskplan.clock(route.leave[i])));
      line.appendChild(riskplan.symbol(enterprises.tier[e]));
      line.appendChild(el('span', 'stop-name', enterprises.label(e)));
      if (enterprises.nearText(e)) { line.appendChild(el('span', 'stop-more', enterprises.nearText(e))); }
      list.appendChild(el('li', '', line));
    });
    return el('div', 'team' + (chosen ? ' chosen' : ''), title, el('p', 'team-crew', crew), list);
  }

  function fitRoute(r) {
    const box = L.latLngBounds(stopsOf(data.routes[r]).map(function (s) { return enterprises.points[visits.enterprise[s.visit]]; }));
    if (data.routes[r].depot >= 0) { box.extend(data.depots[data.routes[r].depot]); }
    if (box.isValid()) { map.fitBounds(box, {padding: [60, 60], maxZoom: 14, animate: false}); }
  }

  function dayChips(state) {
    const days = [0, 1, 2, 3, 4, 5, 6].filter(function (day) {
      return byWeek[state.week].some(function (r) { return data.routes[r].day === day; });
    });
    const row = el('div', 'day-chips');
    if (days.length < 2) { return row; }
    [-1].concat(days).forEach(function (day) {
      const node = riskplan.button('day-chip', day < 0 ? say('all_days') : riskplan.dayName(state.week, day), function () {
        riskplan.set({day: day, team: -1, view: 'week'});
      });
      node.classList.toggle('chosen', day === state.day);
      row.appendChild(node);
    });
    return row;
  }

  function looseRow(v) {
    const e = visits.enterprise[v];
    const line = riskplan.button('stop-row', '', function () { riskplan.set({enterprise: e}); enterprises.show(e); });
    line.appendChild(riskplan.symbol(enterprises.tier[e]));
    line.appendChild(el('span', 'stop-name', enterprises.label(e)));
    line.appendChild(el('span', 'stop-more', riskplan.departmentNames(riskplan.word(visits.departments, v))));
    return el('li', visits.unrouted[v] ? 'unrouted' : '', line);
  }

  function drawList(state) {
    riskplan.clear(pane);
    const rows = visits.ofWeek(state.week);
    const routes = byWeek[state.week].filter(function (r) { return state.day < 0 || data.routes[r].day === state.day; });
    pane.appendChild(el('h2', '', riskplan.weekNames[state.week]));
    pane.appendChild(el('p', 'pane-note', say('week_line', {n: rows.length, m: byWeek[state.week].length})));
    if (byWeek[state.week].length) {
      pane.appendChild(el('p', 'pane-note', say(data.roads ? 'along_roads' : 'schematic')));
      pane.appendChild(dayChips(state));
      routes.forEach(function (r) { pane.appendChild(teamBox(r)); });
    }
    [[1, 'unrouted'], [0, 'undated']].forEach(function (kind) {
      const loose = rows.filter(function (v) { return visits.day[v] < 0 && visits.unrouted[v] === kind[0]; });
      if (!loose.length || state.day >= 0) { return; }
      pane.appendChild(el('h3', '', say(kind[1], {n: loose.length})));
      const list = el('ul', 'stops loose');
      loose.forEach(function (v) { list.appendChild(looseRow(v)); });
      pane.appendChild(list);
    });
    if (!rows.length) { pane.appendChild(el('p', 'empty', say('nothing'))); }
  }

  riskplan.on('week view team day', function (state) {
    drawn.clearLayers();
    map.getPane('labels').style.zIndex = state.view === 'week' && byWeek[state.week].length ? 415 : 460;
    if (state.view === 'week') {
      byWeek[state.week].filter(function (r) { return isOn(r, state); }).forEach(drawRoute);
    }
    drawList(state);
  });
};
