/* Find an enterprise by a part of its name or id. */
riskplan.layer.search = function () {
  'use strict';
  const el = riskplan.el;
  const enterprises = riskplan.enterprises;
  const keys = enterprises.id.map(function (id, i) { return (enterprises.name[i] + ' ' + id).toLowerCase(); });
  const input = document.createElement('input');
  input.type = 'search';
  input.id = 'search';
  input.placeholder = riskplan.say('search');
  input.setAttribute('aria-label', riskplan.say('search'));
  input.autocomplete = 'off';
  const list = el('div', 'found hidden');
  list.id = 'found';
  riskplan.region.search.appendChild(input);
  riskplan.region.search.appendChild(list);
  let hits = [];
  let at = 0;

  function choose(i) {
    input.value = '';
    hits = [];
    draw();
    input.blur();
    riskplan.set({enterprise: i});
    enterprises.show(i);
  }

  function draw() {
    riskplan.clear(list);
    const asked = input.value.trim();
    list.classList.toggle('hidden', !asked);
    hits.slice(0, 12).forEach(function (i, n) {
      const row = riskplan.button('found-row' + (n === at ? ' chosen' : ''), '', function () { choose(i); });
      row.appendChild(riskplan.symbol(enterprises.tier[i]));
      row.appendChild(el('span', 'stop-name', enterprises.label(i)));
      row.appendChild(el('span', 'stop-more', enterprises.id[i]));
      list.appendChild(row);
    });
    if (asked && (hits.length > 12 || !hits.length)) {
      list.appendChild(el('p', 'pane-note', riskplan.say(hits.length ? 'found_more' : 'found_none', {n: hits.length - 12})));
    }
  }

  input.addEventListener('input', function () {
    const asked = input.value.trim().toLowerCase();
    at = 0;
    hits = asked ? keys.map(function (key, i) { return key.indexOf(asked) >= 0 ? i : -1; }).filter(function (i) { return i >= 0; }) : [];
    draw();
  });
  input.addEventListener('keydown', function (event) {
    const shown = Math.min(12, hits.length);
    if (event.key === 'Enter' && shown) { choose(hits[at]); }
    if (event.key === 'Escape') { input.value = ''; hits = []; draw(); }
    if (shown && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
      event.preventDefault();
      at = (at + (event.key === 'ArrowDown' ? 1 : shown - 1)) % shown;
      draw();
    }
  });
};
