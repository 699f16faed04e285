;;; What the tests of both clients share.  -*- lexical-binding: t; -*-
(setq backtrace-on-error-noninteractive nil)
(require 'cl-lib)
(require 'xref)
(require 'flymake)
(require 'hook-mode)

(defun await (what condition)
  "Wait until CONDITION holds, and return its value."
  (let ((end (+ (float-time) 15)) value)
    (while (not (setq value (funcall condition)))
      (when (> (float-time) end) (error "Not within 15s: %s" what))
      (accept-process-output nil 0.02))
    value))

(defun same (what expected found)
  (unless (equal expected found) (error "%s: expected %S, found %S" what expected found)))

(defun go-to (text &optional behind)
  (goto-char (point-min))
  (search-forward text)
  (goto-char (+ (match-beginning 0) (or behind 0))))

(defun check-navigation ()
  "Definitions in the file and in the standard library, completion and formatting, in orders.hook."
  (go-to "${limit}" 3)
  (call-interactively #'xref-find-definitions)
  (same "the definition of the param" 3 (line-number-at-pos))
  (go-to "postgres.ready" 10)
  (call-interactively #'xref-find-definitions)
  (same "the file of the module" "postgres.hook" (file-name-nondirectory (buffer-file-name)))
  (unless (looking-at ".*ready") (error "Not at the template: %S" (buffer-substring (point) (line-end-position))))
  (same "the module cannot be written" t buffer-read-only)
  (switch-to-buffer "orders.hook")

  (go-to "in pod orders-db" 7)
  (let* ((capf (run-hook-wrapped 'completion-at-point-functions #'completion--capf-wrapper 'all))
         (labels (all-completions "" (nth 3 capf))))
    (unless (cl-find "orders-db" labels :test (lambda (name label) (string-match-p name (substring-no-properties label))))
      (error "Completion does not offer the pod: %S" labels))))

(defun check-formatted ()
  (go-to "exec in pod orders-db \"pause")
  (same "formatted" "  exec in pod orders-db \"pause-writes\"" (buffer-substring (line-beginning-position) (line-end-position))))
