;;; lsp-mode against the language server.  Run by run.py.  -*- lexical-binding: t; -*-
(load (expand-file-name "client.el" (file-name-directory load-file-name)) nil t)
(dolist (part '(lsp-mode lsp-completion lsp-modeline lsp-headerline lsp-diagnostics lsp-lens)) (require part))
(setq lsp-auto-guess-root t lsp-warn-no-matched-clients nil lsp-enable-file-watchers nil lsp-keep-workspace-alive nil
      lsp-session-file (expand-file-name "session" temporary-file-directory) lsp-restart 'ignore lsp-enable-snippet nil
      xref-prompt-for-identifier nil create-lockfiles nil lsp-auto-configure t lsp-enable-suggest-server-download nil
      lsp-diagnostics-provider :none)

(defun connect ()
  (lsp)
  (await "the server" (lambda () (cl-some (lambda (workspace) (eq 'initialized (lsp--workspace-status workspace)))
                                          (lsp-workspaces)))))

(find-file "bad.hook")
(connect)
(let* ((finding (await "the finding" (lambda () (car (gethash (lsp--fix-path-casing (buffer-file-name)) (lsp-diagnostics))))))
       (start (gethash "start" (gethash "range" finding))))
  (same "place of the finding" '(2 . 4) (cons (gethash "line" start) (gethash "character" start)))
  (same "code" "HK0005" (gethash "code" finding)))

(find-file "orders.hook")
(connect)
(go-to "${limit}" 3)
(let ((hover (lsp-request "textDocument/hover" (lsp--text-document-position-params))))
  (unless (string-match-p "duration" (format "%S" hover)) (error "Hover does not say the type: %S" hover)))
(check-navigation)
(lsp-format-buffer)
(check-formatted)
(set-buffer-modified-p nil)
(message "lsp-mode: ok")
