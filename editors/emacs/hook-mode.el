;;; hook-mode.el --- Editing hooks for backup and restore  -*- lexical-binding: t; -*-

;; SPDX-License-Identifier: Apache-2.0
;; Version: 0.1.0
;; Package-Requires: ((emacs "27.1"))
;; Keywords: languages

;;; Commentary:

;; A major mode for hook files, and the language server `hookc lsp' for Eglot and lsp-mode, whichever is loaded.

;;; Code:

(require 'subr-x)

(defgroup hook nil "Hooks for backup and restore." :group 'languages)

(defcustom hook-hookc-program "hookc"
  "The program hookc."
  :type 'string)

(defcustom hook-indent-offset 2
  "Columns that a clause stands under its statement; `hookc fmt' writes two."
  :type 'integer
  :safe #'integerp)

;; The words of grammar/keywords.def, each under its role; a test compares.
(defconst hook-statement-words
  '("language" "import" "param" "secret" "pod" "function" "target" "template" "together" "hold" "pre" "post" "policy"
    "test" "environment" "operation" "exclusive"))
(defconst hook-expression-words
  '("and" "or" "not" "in" "contains" "matches" "startswith" "endswith" "true" "false" "null" "if" "then" "else"))
(defconst hook-action-words '("http" "tcp" "exec" "scale" "wait" "use"))
(defconst hook-clause-words
  '("timeout" "retry" "on" "expect" "when" "ready" "capture" "header" "body" "json" "form" "env" "stdin" "tls" "follow"
    "by" "after"))
(defconst hook-property-words
  '("namespace" "labels" "owner" "container" "image" "command" "account" "volume" "cpu" "memory" "user" "release"
    "until" "at"))
(defconst hook-rule-words '("forbid" "warn" "require" "except" "given"))
(defconst hook-type-words
  '("string" "int" "bool" "duration" "size" "url" "hostname" "regex" "port" "selector" "workload" "list"))
(defconst hook-plain-words
  '("a" "acquired" "all" "always" "answers" "applies" "as" "attempts" "available" "back" "backoff" "backup" "because"
    "claim" "cluster" "configmap" "connect" "continue" "crash" "did" "during" "error" "every" "exactly" "exists" "fail"
    "failed" "fails" "failure" "file" "for" "from" "get" "gone" "hangs" "held" "holds" "hook" "hooks" "https"
    "insecure" "interrupt" "is" "key" "kubernetes" "least" "local" "made" "matching" "most" "namespaces" "once" "one"
    "only" "operator" "path" "prints" "ran" "read" "redirects" "released" "releases" "restore" "run" "scheme" "session"
    "single" "skip" "skipped" "status" "stderr" "stdout" "still" "succeeded" "succeeds" "success" "takes" "this" "to"
    "up" "usable" "usage" "was" "where" "with"))

(defconst hook--statement
  (concat "^[ \t]*" (regexp-opt hook-statement-words 'symbols) "\\(?:[^:.]\\|$\\)")
  "A statement word that stands first on its line, without : or . after it.")

(defconst hook--continued "[ \t]*\\(?:because\\_>\\|and\\_>\\|or\\_>\\|then\\_>\\|else\\_>\\|\\?\\?\\)"
  "A line that goes on with the one above it.")

;;;; Text

(defvar hook-mode-syntax-table
  (let ((table (make-syntax-table)))
    (modify-syntax-entry ?# "<" table)
    (modify-syntax-entry ?\n ">" table)
    (modify-syntax-entry ?\" "\"" table)
    (modify-syntax-entry ?' "\"" table)
    (modify-syntax-entry ?\\ "\\" table)
    (modify-syntax-entry ?- "_" table)
    (modify-syntax-entry ?_ "_" table)
    (modify-syntax-entry ?$ "'" table)
    table))

(defun hook--fence-block ()
  "The syntax of the three quotes just matched: the ends of a block, or plain text."
  (let* ((start (match-beginning 0))
         (state (save-excursion (syntax-ppss start))))
    (cond ((nth 4 state) nil)
          ((null (nth 3 state)) (put-text-property start (1+ start) 'syntax-table '(15)))
          ((eq (nth 3 state) t) (put-text-property (+ start 2) (+ start 3) 'syntax-table '(15))))
    nil))

(defun hook--unquoted (syntax)
  "SYNTAX, where the match does not stand in a text or a comment."
  (unless (nth 8 (save-excursion (syntax-ppss (match-beginning 0)))) syntax))

(defun hook--plain-backslash ()
  "A backslash escapes nothing in a raw text or a block."
  (and (memq (nth 3 (save-excursion (syntax-ppss (match-beginning 0)))) '(?' t)) (string-to-syntax ".")))

(defconst hook--syntax-propertize
  (syntax-propertize-rules
   ("\"\"\"" (0 (hook--fence-block)))
   ("\\_<\\(?:matches\\|prints\\)[ \t]+\\(/\\)\\(?:\\\\.\\|[^/\\\n]\\)+\\(/\\)"
    (1 (hook--unquoted (string-to-syntax "|")))
    (2 (hook--unquoted (string-to-syntax "|"))))
   ("\\\\" (0 (hook--plain-backslash)))))

(defconst hook-font-lock-keywords
  `((,hook--statement 1 font-lock-keyword-face)
    ("\\.\\([[:alpha:]_]\\(?:\\sw\\|\\s_\\)*\\)" 1 font-lock-variable-name-face)
    ("\\_<\\([[:alpha:]_]\\(?:\\sw\\|\\s_\\)*\\)[ \t]*:" 1 font-lock-variable-name-face)
    ("\\_<[[:alpha:]][[:alnum:].-]*/" . font-lock-type-face)
    ("\\(\\${\\)[^}\n]*\\(}\\)" (1 font-lock-preprocessor-face t) (2 font-lock-preprocessor-face t))
    (,(regexp-opt hook-type-words 'symbols) . font-lock-type-face)
    (,(regexp-opt hook-action-words 'symbols) . font-lock-function-name-face)
    (,(regexp-opt '("true" "false" "null") 'symbols) . font-lock-constant-face)
    (,(regexp-opt (append hook-statement-words hook-expression-words hook-clause-words hook-property-words
                          hook-rule-words hook-plain-words)
                  'symbols)
     . font-lock-keyword-face)
    ("\\_<-?[0-9]\\(?:\\sw\\|[.-]\\)*\\_>" . font-lock-constant-face)))

;;;; Indentation

(defun hook--in-block-p (position)
  (nth 3 (syntax-ppss position)))

(defun hook--column ()
  "The column that the line of point belongs in, or nil for a line of a block."
  (save-excursion
    (beginning-of-line)
    (unless (hook--in-block-p (point))
      (let* ((opener (nth 1 (syntax-ppss)))
             (outer (if opener (save-excursion (goto-char opener) (current-indentation)) (- hook-indent-offset)))
             (closes (looking-at "[ \t]*[]})]"))
             (states (looking-at hook--statement))
             (follows (and (not (bobp)) (save-excursion (forward-line -1) (not (looking-at "[ \t]*$")))))
             before opens heads)
        (save-excursion
          (skip-chars-backward " \t\n")
          (beginning-of-line)
          ;; The line that a long sentence or a block began on.
          (while (and (looking-at hook--continued) (zerop (forward-line -1))))
          (let ((block (nth 8 (syntax-ppss))))
            (when block
              (goto-char block)
              (beginning-of-line)))
          (setq before (current-indentation)
                opens (looking-at "[^#\n]*[{[(][ \t]*\\(?:#.*\\)?$")
                heads (or (looking-at hook--statement) (looking-at "[ \t]*release\\_>"))))
        (cond (closes (max 0 outer))
              (opens (+ before hook-indent-offset))
              (states (+ outer hook-indent-offset))
              ((and heads follows) (+ before hook-indent-offset))
              (t before))))))

(defun hook-indent-line ()
  "Indent a line as `hookc fmt' does; lines of blocks stay as they are."
  (interactive)
  (when-let ((column (hook--column)))
    (if (<= (current-column) (current-indentation))
        (indent-line-to column)
      (save-excursion (indent-line-to column)))))

;;;; The mode

(defconst hook-imenu-generic-expression
  (let ((name "\"\\([^\"\n]+\\)\""))
    `(("Hooks" ,(concat "^[ \t]*\\(?:pre\\|post\\) +\\(?:backup\\|restore\\)[a-z \t]*? " name) 1)
      ("Holds" ,(concat "^[ \t]*hold +\\(?:backup\\|restore\\) +" name) 1)
      ("Tests" ,(concat "^test +" name) 1)
      ("Policies" ,(concat "^policy +" name) 1)
      ("Templates" "^template +\\(?:hold +\\)?\\([[:alnum:]_-]+\\)" 1)
      ("Pods and functions" "^\\(?:pod\\|function\\) +\"?\\([[:alnum:]_-]+\\)" 1)
      ("Params and secrets" "^\\(?:param\\|secret\\) +\\([[:alnum:]_-]+\\)" 1))))

(defvar hook-mode-map
  (let ((map (make-sparse-keymap)))
    (define-key map (kbd "C-c C-p") #'hook-show-plan)
    (define-key map (kbd "C-c C-s") #'hook-show-simulation)
    (define-key map (kbd "C-c C-t") #'hook-run-tests)
    map))

;;;###autoload
(define-derived-mode hook-mode prog-mode "Hook"
  "Editing hooks for backup and restore."
  (setq-local comment-start "# "
              comment-start-skip "#+[ \t]*"
              font-lock-defaults '(hook-font-lock-keywords)
              syntax-propertize-function hook--syntax-propertize
              indent-line-function #'hook-indent-line
              indent-tabs-mode nil
              fill-column 100
              imenu-generic-expression hook-imenu-generic-expression
              compile-command (concat (shell-quote-argument hook-hookc-program) " check --format short")))

;;;###autoload
(add-to-list 'auto-mode-alist '("\\.hook\\'" . hook-mode))

(require 'hook-lsp)
(provide 'hook-mode)
;;; hook-mode.el ends here
