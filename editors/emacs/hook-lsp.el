;;; hook-lsp.el --- The language server of hookc in Emacs  -*- lexical-binding: t; -*-

;; SPDX-License-Identifier: Apache-2.0

;;; Commentary:

;; Registers `hookc lsp' with Eglot and lsp-mode.  Documents that the server makes, such as the modules of the standard
;; library, are written to a folder of this session of Emacs, because both visit files only.

;;; Code:

(require 'url-util)

(defvar hook-hookc-program)
(defvar eglot-server-programs)
(defvar lsp-language-id-configuration)
(declare-function eglot-current-server "ext:eglot")
(declare-function jsonrpc-request "jsonrpc")
(declare-function lsp-request "ext:lsp-mode")
(declare-function lsp-register-client "ext:lsp-mode")
(declare-function lsp-stdio-connection "ext:lsp-mode")
(declare-function lsp-activate-on "ext:lsp-mode")
(declare-function make-lsp-client "ext:lsp-mode")

;;;; Requests, by whichever client runs

(defun hook--request (method params)
  "Ask the server of this buffer; PARAMS is a property list with keywords."
  (cond ((and (fboundp 'eglot-current-server) (eglot-current-server))
         (jsonrpc-request (eglot-current-server) (intern (concat ":" method)) params))
        ((bound-and-true-p lsp-mode) (lsp-request method params))
        (t (user-error "The language server of hookc is not running here"))))

(defun hook--field (answer name)
  "The member NAME of ANSWER, which Eglot gives as a property list and lsp-mode as a table."
  (if (hash-table-p answer) (gethash name answer) (plist-get answer (intern (concat ":" name)))))

(defun hook--execute (command)
  (let* ((uri (concat "file://" (url-hexify-string (buffer-file-name) url-path-allowed-chars)))
         (answer (hook--request "workspace/executeCommand" (list :command command :arguments (vector uri)))))
    (with-help-window (format "*%s*" command)
      (princ (hook--field answer "text")))))

(defun hook-show-plan ()
  "Show what would run, in which order, and for how long at most."
  (interactive)
  (hook--execute "hookc.plan"))

(defun hook-show-simulation ()
  "Show every way that a session can go."
  (interactive)
  (hook--execute "hookc.simulate"))

(defun hook-run-tests ()
  "Run the tests of this file."
  (interactive)
  (hook--execute "hookc.test"))

;;;; Documents that the server makes

(defvar hook--folder nil "The folder of such documents, deleted when Emacs ends.")

(defun hook--delete-folder ()
  (when hook--folder (delete-directory hook--folder t)))

(defun hook--file-of (uri)
  "Write what the server has for URI to a file, and return its name."
  (unless hook--folder
    (setq hook--folder (make-temp-file "hookc-" t))
    (add-hook 'kill-emacs-hook #'hook--delete-folder))
  (let* ((text (hook--field (hook--request "workspace/textDocumentContent" (list :uri uri)) "text"))
         (path (replace-regexp-in-string "[^[:alnum:]./_-]" "_" (substring uri (length "hookc:/"))))
         (file (expand-file-name (replace-regexp-in-string "\\.\\." "_" path) hook--folder)))
    (make-directory (file-name-directory file) t)
    (when (file-exists-p file) (set-file-modes file #o600))
    (write-region text nil file nil 'silent)
    (set-file-modes file #o400)
    file))

(defun hook--virtual-p (uri)
  (and (stringp uri) (string-prefix-p "hookc:/" uri)))

;;;; Eglot

(defun hook--eglot-path (original uri &rest more)
  (if (hook--virtual-p uri) (hook--file-of uri) (apply original uri more)))

(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs
               (cons 'hook-mode (lambda (&rest _) (list hook-hookc-program "lsp"))))
  ;; The first name is of Emacs 30 and later.
  (dolist (name '(eglot-uri-to-path eglot--uri-to-path))
    (when (fboundp name) (advice-add name :around #'hook--eglot-path))))

;;;; lsp-mode

(with-eval-after-load 'lsp-mode
  (add-to-list 'lsp-language-id-configuration '(hook-mode . "hook"))
  (let ((handlers (make-hash-table :test #'equal)))
    (puthash "hookc" #'hook--file-of handlers)
    (lsp-register-client
     (make-lsp-client :new-connection (lsp-stdio-connection (lambda () (list hook-hookc-program "lsp")))
                      :activation-fn (lsp-activate-on "hook")
                      :uri-handlers handlers
                      :server-id 'hookc))))

(provide 'hook-lsp)
;;; hook-lsp.el ends here
