/* Counts what goes wrong in the page, so that a test (or a planner) can see it: body data-errors, data-requests. */
window.riskplanErrors = [];
window.addEventListener('error', function (event) {
  window.riskplanErrors.push(String(event.message || 'resource'));
}, true);
window.addEventListener('unhandledrejection', function (event) {
  window.riskplanErrors.push(String(event.reason));
});
document.addEventListener('securitypolicyviolation', function (event) {
  window.riskplanErrors.push('blocked ' + event.violatedDirective);
});
