/* The summary: what is planned, what is not, and how good the plan is proven to be. */
riskplan.layer.summary = function (map, data) {
  'use strict';
  const el = riskplan.el;
  const say = riskplan.say;
  const pane = riskplan.tab('summary');
  pane.id = 'summary';
  const figures = el('div', 'figures');
  data.figures.forEach(function (figure) {
    figures.appendChild(el('div', 'figure', el('b', '', figure[1]), el('span', '', figure[0])));
  });
  pane.appendChild(figures);

  const table = el('table', 'grid');
  table.appendChild(el('thead', '', el('tr', '', el('th', '', say('tier')), el('th', 'right', say('enterprises')),
    el('th', 'right', say('visits')), el('th', 'right', say('unplanned')), el('th', 'right', say('conflicts')))));
  const body = el('tbody', '');
  data.tiers.forEach(function (row, t) {
    const line = el('tr', '', el('td', '', riskplan.symbol(t), riskplan.shared.tiers[t].name));
    row.forEach(function (value, i) {
      line.appendChild(el('td', 'right' + (i > 1 && value ? ' strong' : ''), riskplan.number(value)));
    });
    body.appendChild(line);
  });
  table.appendChild(body);
  pane.appendChild(table);

  function facts(title, rows) {
    if (!rows.length) { return; }
    const list = el('dl', 'facts');
    rows.forEach(function (row) {
      list.appendChild(el('dt', '', row[0]));
      list.appendChild(el('dd', '', row[1]));
    });
    pane.appendChild(el('h3', '', title));
    pane.appendChild(list);
  }
  facts(say('section_merge'), data.merge);
  facts(say('section_proof'), data.facts);
  pane.appendChild(el('p', 'pane-note', data.note));
  if (data.checked.length) {
    pane.appendChild(el('h3', '', say('section_checked')));
    pane.appendChild(el('p', 'pane-note', data.checked.join(say('list_comma'))));
  }
  if (data.sources.length) {
    pane.appendChild(el('h3', '', say('section_sources')));
    data.sources.forEach(function (text) { pane.appendChild(el('p', 'pane-note', text)); });
  }
};
