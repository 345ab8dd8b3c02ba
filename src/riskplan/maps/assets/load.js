/* Township load against cap: shading and numbers on the map, a legend, a table. */
riskplan.layer.load = function (map, data) {
  'use strict';
  const el = riskplan.el;
  const say = riskplan.say;
  const steps = [
    {above: 1, fill: '#b887a3', key: 'load_over'},
    {above: 0.999, fill: '#7aa79e', key: 'load_full'},
    {above: 0.75, fill: '#a3c4bc', key: 'load_high'},
    {above: 0.5, fill: '#c8dcd6', key: 'load_mid'},
    {above: 0, fill: '#e2ebe7', key: 'load_low'},
    {above: -1, fill: '#f7f6f2', key: 'load_none'}
  ];

  /* Load, cap and the share of a township in the year or week shown; cap -1 when there is none. */
  function figures(township, view, week) {
    const year = data.year_of_week[week];
    const load = view === 'week' ? data.week[township][week] : data.year[township][year];
    const cap = view === 'week' ? data.week_cap[township] : data.year_cap[township];
    return {load: load, cap: cap, share: cap > 0 ? load / cap : cap === 0 && load ? 2 : 0};
  }

  function most(view, week) {
    return data.week.reduce(function (high, row, t) { return Math.max(high, figures(t, view, week).load); }, 1);
  }

  /* Without a cap the shade compares townships with each other and never says "over". */
  function shade(f, high) {
    if (f.cap >= 0) { return steps.filter(function (s) { return f.share > s.above; })[0]; }
    return f.load ? steps[4 - Math.min(2, Math.floor(2.99 * f.load / high))] : steps[5];
  }

  function text(f) { return f.cap >= 0 ? f.load + '/' + f.cap : String(f.load); }

  const legend = el('div', 'load-legend');
  legend.id = 'load-legend';
  riskplan.region.low.appendChild(legend);
  function drawLegend(state) {
    const capped = data[state.view + '_cap'].some(function (cap) { return cap >= 0; });
    riskplan.clear(legend);
    const title = state.view === 'week' ? say('load_title_week') : say('load_title_year', {n: data.years[data.year_of_week[state.week]]});
    legend.appendChild(el('div', 'load-title', title));
    const row = el('div', 'load-row');
    steps.slice().reverse().forEach(function (step) {
      if (!capped && step.above > 0.9) { return; }
      const swatch = el('i', 'swatch');
      swatch.style.background = step.fill;
      row.appendChild(el('span', 'load-step', swatch, say(capped ? step.key : step.key + '_plain')));
    });
    legend.appendChild(row);
  }

  const pane = riskplan.tab('townships');
  const table = el('table', 'grid');
  const head = el('tr', '', el('th', '', say('township')), el('th', 'right', say('column_week')), el('th', 'right', say('column_year')));
  const rows = el('tbody', '');
  table.appendChild(el('thead', '', head));
  table.appendChild(rows);
  const weekLine = el('p', 'pane-note');
  pane.appendChild(weekLine);
  pane.appendChild(table);
  pane.appendChild(el('p', 'pane-note', say('load_note')));

  function meter(f, high) {
    const bar = el('i', 'meter-bar');
    const share = f.cap >= 0 ? f.share : f.load / high;
    bar.style.width = Math.min(100, 100 * share) + '%';
    bar.style.background = f.share > 1 ? '#8d3b6b' : '#6f9c94';
    return el('td', 'right', el('span', 'meter', bar), el('span', 'meter-text' + (f.share > 1 ? ' over' : ''), text(f)));
  }

  function drawTable(state) {
    const high = {week: most('week', state.week), year: most('year', state.week)};
    const order = riskplan.shared.townships.map(function (name, t) { return t; });
    const key = function (t) {
      const f = figures(t, state.view, state.week);
      return f.cap >= 0 ? f.share : f.load / high[state.view];
    };
    order.sort(function (a, b) { return key(b) - key(a) || a - b; });
    weekLine.textContent = riskplan.weekNames[state.week];
    riskplan.clear(rows);
    order.forEach(function (t) {
      const name = riskplan.button('link', riskplan.shared.townships[t], function () { visitTownship(t); });
      rows.appendChild(el('tr', '', el('td', '', name), meter(figures(t, 'week', state.week), high.week),
        meter(figures(t, 'year', state.week), high.year)));
    });
  }

  function visitTownship(t) {
    const area = riskplan.areas.filter(function (a) { return a.township === t; })[0];
    if (area) { map.fitBounds(area.layer.getBounds(), {padding: [30, 30], animate: false}); }
  }

  riskplan.on('week view', function (state) {
    const high = most(state.view, state.week);
    riskplan.areas.forEach(function (area) {
      if (area.township < 0) { return; }
      const step = shade(figures(area.township, state.view, state.week), high);
      area.layer.setStyle({
        fillColor: step.fill, fillOpacity: 0.92, color: '#55726b', opacity: 0.8, weight: 0.9
      });
    });
    riskplan.labels.forEach(function (label) {
      const f = figures(label.township, state.view, state.week);
      label.figure.textContent = f.load || f.cap >= 0 ? text(f) : '';
      label.figure.classList.toggle('over', f.share > 1);
      label.rank = (f.share > 1 ? 2 : 0) + f.load / high;
    });
    riskplan.settleLabels();
    drawLegend(state);
    drawTable(state);
  });
};
