/* Puts the tabs in order, reads the wish in the address (#week=2027-W12&e=ID&tab=week) and tells that the page is ready. */
riskplan.layer.start = function (map) {
  'use strict';
  const order = ['summary', 'week', 'townships'];
  const tabs = document.querySelector('.tabs');
  const panes = document.querySelector('.panes');
  const nodes = {};
  Array.from(tabs.children).forEach(function (button, i) { nodes[button.textContent] = [button, panes.children[i]]; });
  order.forEach(function (name) {
    const pair = nodes[riskplan.say('tab_' + name)];
    tabs.appendChild(pair[0]);
    panes.appendChild(pair[1]);
  });

  function wishes() {
    const found = {};
    window.location.hash.replace(/^#/, '').split('&').forEach(function (part) {
      const at = part.indexOf('=');
      if (at < 1) { return; }
      try { found[part.slice(0, at)] = decodeURIComponent(part.slice(at + 1)); } catch (error) { /* not an address of ours */ }
    });
    return found;
  }

  function follow() {
    const wish = wishes();
    const week = riskplan.weekLabels.indexOf(wish.week);
    const enterprise = riskplan.enterprises.id.indexOf(wish.e);
    const changes = {enterprise: enterprise};
    if (week >= 0) { Object.assign(changes, {week: week, view: 'week'}); }
    if (wish.view === 'year' || wish.view === 'week') { changes.view = wish.view; }
    if (order.indexOf(wish.tab) >= 0) { changes.tab = wish.tab; }
    riskplan.set(changes);
    if (enterprise >= 0) { riskplan.enterprises.show(enterprise); }
  }

  function remember(state) {
    const parts = [];
    if (state.view === 'week') { parts.push('week=' + riskplan.weekLabels[state.week]); }
    if (state.tab !== 'summary') { parts.push('tab=' + state.tab); }
    if (state.enterprise >= 0) { parts.push('e=' + encodeURIComponent(riskplan.enterprises.id[state.enterprise])); }
    try { window.history.replaceState(null, '', window.location.href.split('#')[0] + (parts.length ? '#' + parts.join('&') : '')); } catch (error) { /* inside a frame */ }
  }

  riskplan.state.week = riskplan.firstWeek;
  map.invalidateSize();
  riskplan.wholeView();
  follow();
  riskplan.refresh();
  riskplan.on('week view tab enterprise', remember);
  window.addEventListener('hashchange', follow);

  function report() {
    const requests = window.performance && performance.getEntriesByType ? performance.getEntriesByType('resource') : [];
    document.body.dataset.requests = String(requests.filter(function (r) { return r.name.indexOf('data:') !== 0; }).length);
    document.body.dataset.errors = String(window.riskplanErrors.length);
    document.body.dataset.messages = window.riskplanErrors.join(' | ');
    document.body.dataset.ready = 'yes';
  }
  window.addEventListener('load', function () { window.setTimeout(report, 100); });
};
