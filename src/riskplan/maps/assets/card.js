/* The card of an enterprise: score and its parts, duties, visits, what is left out and why. */
riskplan.layer.card = function (map, data) {
  'use strict';
  const el = riskplan.el;
  const say = riskplan.say;
  const enterprises = riskplan.enterprises;
  const visits = riskplan.visits;
  const region = riskplan.region.card;
  const size = enterprises.id.length;
  const rowsOf = {};
  ['unplanned', 'conflicts', 'fixed', 'credits'].forEach(function (name) {
    rowsOf[name] = riskplan.group(data[name].enterprise, size);
  });
  const partColours = ['#35524c', '#5f8a80', '#8fb3a8', '#b58a3c', '#7d5a86', '#a3a08f', '#486a8c', '#c2b59b',
    '#6b7f3a', '#a8604f', '#4f6d7a', '#d0a25f', '#8a8f4d'];

  function section(title, nodes) {
    if (!nodes.length) { return null; }
    const box = el('section', 'card-section', el('h3', '', title));
    nodes.forEach(function (node) { box.appendChild(node); });
    return box;
  }

  function scoreBox(i) {
    if (enterprises.score[i] < 0) { return []; }
    const bar = el('div', 'score-bar');
    const list = el('ul', 'score-parts');
    const order = enterprises.part_names.map(function (name, p) { return p; });
    order.sort(function (a, b) { return enterprises.parts[b][i] - enterprises.parts[a][i] || a - b; });
    order.forEach(function (p) {
      const points = enterprises.parts[p][i];
      if (!points) { return; }
      const piece = el('i', '');
      piece.style.width = points + '%';
      piece.style.background = partColours[p % partColours.length];
      bar.appendChild(piece);
      const dot = el('i', 'dot');
      dot.style.background = partColours[p % partColours.length];
      list.appendChild(el('li', '', dot, el('span', 'grow', enterprises.part_names[p]), el('b', '', String(points))));
    });
    return [bar, list];
  }

  function duty(row) {
    const department = riskplan.shared.item_department[row[0]];
    const more = (department >= 0 ? riskplan.shared.departments[department] + ' · ' : '') +
      say('duty_owed', {n: row[1]}) + (row[2] > 0 ? say('duty_longest', {n: row[2]}) : '');
    return el('li', '', el('span', 'line', riskplan.shared.items[row[0]]), el('span', 'line more', more));
  }

  function visit(v) {
    const week = visits.week[v];
    const day = visits.day[v];
    const when = day >= 0 ? riskplan.dayName(week, day) + (visits.start[v] >= 0 ? ' ' + riskplan.clock(visits.start[v]) : '') : riskplan.weekNames[week];
    const title = riskplan.button('link', when, function () { riskplan.set({week: week, view: 'week', team: -1, day: -1}); });
    const departments = riskplan.word(visits.departments, v);
    const lead = visits.lead[v] >= 0 && departments.length > 1 ? say('led_by', {name: riskplan.shared.departments[visits.lead[v]]}) : '';
    const stage = el('span', 'stage' + (visits.unrouted[v] ? ' warn' : ''), riskplan.word(visits.stage, v));
    return el('li', '', el('span', 'line', title, stage), el('span', 'line', riskplan.departmentNames(departments) + lead),
      el('span', 'line more', riskplan.itemNames(riskplan.word(visits.items, v)) + (visits.minutes[v] > 0 ? say('n_minutes', {n: visits.minutes[v]}) : '')));
  }

  function leftOut(row) {
    const d = data.unplanned;
    const offered = riskplan.word(d.offered, row);
    const advice = riskplan.word(d.advice, row);
    return el('li', 'warn', el('span', 'line', say('unplanned_line', {n: Math.max(1, d.visits[row]), text: riskplan.itemNames(riskplan.word(d.items, row))})),
      el('span', 'line more', riskplan.word(d.reason, row)), offered ? el('span', 'line more', say('offered', {week: offered})) : null,
      advice ? el('span', 'line more', advice) : null);
  }

  function conflict(row) {
    const d = data.conflicts;
    return el('li', 'warn', el('span', 'line', riskplan.itemNames(riskplan.word(d.items, row))),
      el('span', 'line more', say(d.interval[row] ? 'interval_line' : 'conflict_line', {n: d.owed[row], m: d.possible[row]}) + riskplan.word(d.limits, row).join(say('list_comma'))),
      el('span', 'line more', riskplan.word(d.basis, row)));
  }

  function fixedVisit(row) {
    const d = data.fixed;
    return el('li', '', el('span', 'line', riskplan.dayName(d.week[row], d.day[row])),
      el('span', 'line more', riskplan.departmentNames(riskplan.word(d.departments, row))));
  }

  function credit(row) {
    const item = data.credits.item[row];
    return el('li', '', el('span', 'line', item >= 0 ? riskplan.shared.items[item] : ''), el('span', 'line more', riskplan.word(data.credits.evidence, row)));
  }

  function list(nodes) {
    const box = el('ul', 'rows');
    nodes.forEach(function (node) { box.appendChild(node); });
    return nodes.length ? [box] : [];
  }

  function draw(i) {
    riskplan.clear(region);
    region.classList.toggle('hidden', i < 0);
    if (i < 0) { return; }
    const tier = enterprises.tier[i];
    const badge = el('span', 'badge tier-' + tier, riskplan.symbol(tier), tier < 0 ? say('no_tier') : riskplan.shared.tiers[tier].name);
    const close = riskplan.button('close', '×', function () { riskplan.set({enterprise: -1}); });
    close.title = say('close');
    close.setAttribute('aria-label', say('close'));
    const township = enterprises.township[i] >= 0 ? riskplan.shared.townships[enterprises.township[i]] : '';
    const facts = [township, riskplan.word(enterprises.sector, i), riskplan.word(enterprises.size, i), enterprises.nearText(i)].filter(Boolean).join(' · ');
    const score = enterprises.score[i] < 0 ? null : el('span', 'score', el('b', '', String(enterprises.score[i])), say('points'));
    const name = el('h2', 'card-name', enterprises.label(i));
    name.id = 'card-name';
    [close, name, el('p', 'card-id', enterprises.id[i]), el('div', 'card-tier', badge, score), el('p', 'card-facts', facts),
      section(say('section_score'), scoreBox(i)),
      section(say('section_visits'), list(visits.ofEnterprise[i].map(visit))),
      section(say('section_fixed'), list(rowsOf.fixed[i].map(fixedVisit))),
      section(say('section_unplanned'), list(rowsOf.unplanned[i].map(leftOut))),
      section(say('section_conflicts'), list(rowsOf.conflicts[i].map(conflict))),
      section(say('section_duties'), list(riskplan.word(data.duties, i).map(duty))),
      section(say('section_credits'), list(rowsOf.credits[i].map(credit)))
    ].forEach(function (node) { if (node) { region.appendChild(node); } });
    region.scrollTop = 0;
  }

  document.addEventListener('keydown', function (event) {
    if (event.key === 'Escape') { riskplan.set({enterprise: -1}); }
  });
  riskplan.on('enterprise', function (state) { draw(state.enterprise); });
};
