/* The time line: a bar a week, play, previous and next; the switch between the year and the week. */
riskplan.layer.weeks = function (map, data) {
  'use strict';
  const el = riskplan.el;
  const say = riskplan.say;
  const total = data.label.length;
  const visit = data.visit;
  visit.enterprise = riskplan.sums(visit.enterprise);
  const byWeek = riskplan.group(visit.week, total);
  const monday = Date.parse(data.monday + 'T00:00:00Z');

  /* A day as month, day of month and weekday of a week. */
  function dayParts(week, day) {
    const date = new Date(monday + (week * 7 + day) * 86400000);
    return {month: date.getUTCMonth(), day: date.getUTCDate(), weekday: riskplan.shared.weekdays[day]};
  }

  riskplan.dayName = function (week, day) {
    const parts = dayParts(week, day);
    return say('day', {m: riskplan.shared.months[parts.month], n: parts.day, day: parts.weekday});
  };

  riskplan.visits = Object.assign(visit, {
    ofWeek: function (week) { return byWeek[week]; },
    ofEnterprise: riskplan.group(visit.enterprise, riskplan.enterprises.id.length),
    enterpriseOf: function (v) { return visit.enterprise[v]; },
    name: function (v) {
      const id = visit.id[v];
      return id.charAt(0) === '-' ? riskplan.enterprises.id[visit.enterprise[v]] + id : id;
    }
  });
  riskplan.weekNames = data.name;
  riskplan.weekLabels = data.label;
  riskplan.firstWeek = data.start;

  const region = riskplan.region.time;
  const play = riskplan.button('play', '', toggle);
  const prev = riskplan.button('step', '‹', function () { go(-1); });
  const next = riskplan.button('step', '›', function () { go(1); });
  prev.title = say('previous');
  next.title = say('next');
  prev.setAttribute('aria-label', say('previous'));
  next.setAttribute('aria-label', say('next'));
  const name = el('div', 'week-name');
  name.id = 'week-name';
  const count = el('div', 'week-count');
  count.id = 'week-count';
  region.appendChild(el('div', 'time-head', play, prev, next, el('div', 'week-words', name, count)));

  const bars = el('div', 'bars');
  const most = byWeek.reduce(function (high, rows) { return Math.max(high, rows.length); }, 1);
  const columns = byWeek.map(function (rows, week) {
    const bar = el('i', 'bar');
    bar.style.height = rows.length ? Math.max(4, 100 * rows.length / most) + '%' : '2px';
    const column = el('div', 'bar-column' + (data.workdays[week] ? '' : ' idle'), bar);
    column.title = data.name[week] + ' · ' + say('n_visits', {n: rows.length});
    bars.appendChild(column);
    return column;
  });
  const slider = document.createElement('input');
  slider.type = 'range';
  slider.min = '0';
  slider.max = String(total - 1);
  slider.step = '1';
  slider.className = 'week-slider';
  slider.id = 'week-slider';
  slider.setAttribute('aria-label', say('week_slider'));
  slider.addEventListener('input', function () { choose(Number(slider.value)); });
  const ticks = el('div', 'ticks');
  let last = -1;
  data.label.forEach(function (label, week) {
    const month = data.month[week];
    if (month !== last) {
      const tick = el('span', 'tick', riskplan.shared.months[month - 1]);
      tick.style.left = 100 * week / total + '%';
      ticks.appendChild(tick);
      last = month;
    }
  });
  region.appendChild(el('div', 'time-line', slider, bars, ticks));

  function choose(week) {
    riskplan.set({week: Math.max(0, Math.min(total - 1, week)), view: 'week', team: -1, day: -1});
  }
  function go(step) { choose(riskplan.state.week + step); }

  function pick(event) {
    const box = bars.getBoundingClientRect();
    choose(Math.floor((event.clientX - box.left) / box.width * total));
  }
  let dragging = false;
  bars.addEventListener('pointerdown', function (event) {
    dragging = true;
    if (bars.setPointerCapture) { bars.setPointerCapture(event.pointerId); }
    stop();
    pick(event);
  });
  bars.addEventListener('pointermove', function (event) { if (dragging) { pick(event); } });
  ['pointerup', 'pointercancel'].forEach(function (type) {
    bars.addEventListener(type, function () { dragging = false; });
  });

  let timer = 0;
  function stop() {
    window.clearInterval(timer);
    timer = 0;
    showPlay();
  }
  function toggle() {
    if (timer) { stop(); return; }
    if (riskplan.state.view === 'year' || riskplan.state.week === total - 1) { choose(data.start); }
    timer = window.setInterval(function () {
      if (riskplan.state.week >= total - 1) { stop(); } else { go(1); }
    }, 1100);
    showPlay();
  }
  function showPlay() {
    play.textContent = timer ? '❚❚' : '▶';
    play.title = say(timer ? 'pause' : 'play');
    play.setAttribute('aria-label', play.title);
  }
  showPlay();

  document.addEventListener('keydown', function (event) {
    const field = event.target.tagName === 'INPUT' && event.target.type !== 'range' && event.target.type !== 'checkbox';
    if (field || event.altKey || event.ctrlKey || event.metaKey) { return; }
    if (event.key === 'ArrowRight' || event.key === 'ArrowLeft') {
      event.preventDefault();
      stop();
      go(event.key === 'ArrowRight' ? 1 : -1);
    }
  });

  const modes = el('div', 'modes');
  const choices = ['year', 'week'].map(function (view) {
    const node = riskplan.button('mode', say('view_' + view), function () { riskplan.set({view: view}); });
    modes.appendChild(node);
    return {view: view, node: node};
  });
  riskplan.region.top.insertBefore(modes, riskplan.region.top.firstChild);

  riskplan.on('week view', function (state) {
    columns.forEach(function (column, week) {
      column.classList.toggle('chosen', week === state.week && state.view === 'week');
    });
    choices.forEach(function (choice) {
      choice.node.classList.toggle('chosen', choice.view === state.view);
      choice.node.setAttribute('aria-pressed', String(choice.view === state.view));
    });
    slider.value = String(state.week);
    slider.setAttribute('aria-valuetext', data.name[state.week]);
    if (state.view === 'year') {
      name.textContent = say('whole_year');
      count.textContent = say('n_visits', {n: riskplan.number(visit.week.length)});
      return;
    }
    const rows = byWeek[state.week];
    const dated = rows.filter(function (v) { return visit.day[v] >= 0; }).length;
    name.textContent = data.name[state.week];
    count.textContent = data.workdays[state.week] ? say('n_visits', {n: rows.length}) +
      (dated ? say('n_dated', {n: dated}) : '') : say('no_workday');
  });
};
