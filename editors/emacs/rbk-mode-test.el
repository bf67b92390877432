;;; rbk-mode-test.el --- What rbk-mode makes of runbooks  -*- lexical-binding: t; -*-

;;; Commentary:

;; Run as `emacs -Q --batch -L editors/emacs -l rbk-mode-test -f ert-run-tests-batch-and-exit' from the top of the
;; repository.

;;; Code:

(require 'ert)
(require 'rbk-mode)

(defun rbk-test--files ()
  "Files in the one layout."
  (append (file-expand-wildcards "examples/*/*.rbk")
          (file-expand-wildcards "stdlib/*.rbk")
          '("tests/parse/good/expressions.rbk" "tests/parse/good/runbook.rbk" "tests/parse/good/items.rbk")))

(ert-deftest rbk-every-file-is-indented-as-the-formatter-does-it ()
  (should (> (length (rbk-test--files)) 10))
  (dolist (file (rbk-test--files))
    (with-temp-buffer
      (insert-file-contents file)
      (rbk-mode)
      (let ((before (buffer-string)))
        (indent-region (point-min) (point-max))
        (should (equal (cons file (buffer-string)) (cons file before)))))))

(ert-deftest rbk-what-is-typed-is-indented ()
  (with-temp-buffer
    (rbk-mode)
    (dolist (line '("runbook a {" "diagnose {" "found b(" "c," ")" "}" "}"))
      (insert line)
      (indent-according-to-mode)
      (newline-and-indent))
    (should (equal (buffer-string) "runbook a {\n  diagnose {\n    found b(\n      c,\n    )\n  }\n}\n"))))

(defconst rbk-test--faces
  '(("  version 1.0.0" "version" font-lock-keyword-face)
    ("  on alert \"Full\" { with pod }" "alert" font-lock-keyword-face)
    ("  on alert \"Full\" { with pod }" "with" font-lock-keyword-face)
    ("  on alert \"Full\" { with pod }" "Full" font-lock-string-face)
    ("    let owner = version" "owner" font-lock-variable-name-face)
    ("    let owner = version" "version" nil)
    ("    f(owner: 3, until: 4)" "owner" font-lock-variable-name-face)
    ("    f(owner: 3, until: 4)" "until" font-lock-variable-name-face)
    ("    let a = b.page" "page" nil)
    ("    found stuck(web)" "stuck" font-lock-function-name-face)
    ("  remedy stuck(web) {" "stuck" font-lock-function-name-face)
    ("    do k8s.rollback(web) within 4m undo previous" "within" font-lock-keyword-face)
    ("    do k8s.rollback(web) within 4m undo previous" "rollback" font-lock-function-name-face)
    ("    do k8s.rollback(web) within 4m undo previous" "previous" font-lock-keyword-face)
    ("  expect handed builder because guard" "handed" font-lock-constant-face)
    ("  expect handed builder because guard" "guard" font-lock-constant-face)
    ("    let a = b() else no_data novel \"c\"" "no_data" font-lock-constant-face)
    ("    let a = b() else no_data novel \"c\"" "novel" font-lock-constant-face)
    ("    x is none and \"a // b\" // c" "none" font-lock-constant-face)
    ("    x is none and \"a // b\" // c" "// b" font-lock-string-face)
    ("    x is none and \"a // b\" // c" "c$" font-lock-comment-face)
    ("    page a \"${b.c} d\"" "b\\.c" font-lock-variable-name-face)
    ("    promql\"up{a=${b}}\"" "promql" font-lock-builtin-face)
    ("    promql\"up{a=${b}}\"" "up" font-lock-string-face)
    ("extern action f(a: Int in 1.. amount)" "amount" font-lock-builtin-face)
    ("extern action f(a: Int in 1.. amount)" "Int" font-lock-type-face)
    ("extern action f(a: Int in 1.. amount)" "action" font-lock-keyword-face)
    ("extern action f(a: Int in 1.. amount)" "extern" font-lock-keyword-face)
    ("record Deploy { a: Int }" "Deploy" font-lock-type-face)
    ("/// Documentation." "Doc" font-lock-doc-face)
    ("//// No documentation." "No" font-lock-comment-face))
  "Lines, a pattern of what is looked at in each, and its face.")

(ert-deftest rbk-words-are-coloured ()
  (dolist (case rbk-test--faces)
    (with-temp-buffer
      (insert (car case))
      (rbk-mode)
      (font-lock-ensure)
      (goto-char (point-min))
      (re-search-forward (cadr case))
      (let ((face (get-text-property (match-beginning 0) 'face)))
        (should (equal (list (car case) (cadr case) (if (listp face) (car face) face)) case))))))

(ert-deftest rbk-block-strings-are-strings ()
  (with-temp-buffer
    (insert "const a: String = \"\"\"\n  it's \"quoted\" let\n  \"\"\"\nconst b: Int = 1\n")
    (rbk-mode)
    (font-lock-ensure)
    (goto-char (point-min))
    (search-forward "let")
    (should (eq (get-text-property (1- (point)) 'face) 'font-lock-string-face))
    (search-forward "const")
    (should (eq (get-text-property (1- (point)) 'face) 'font-lock-keyword-face))))

(ert-deftest rbk-the-menu-names-what-is-declared ()
  (with-temp-buffer
    (insert-file-contents "examples/rollback/rollback.rbk")
    (rbk-mode)
    (require 'imenu)
    (let ((menu (imenu--make-index-alist t)))
      (should (assoc "rollback" (cdr (assoc "Runbooks" menu))))
      (should (assoc "bad_deploy" (cdr (assoc "Remedies" menu)))))))

(provide 'rbk-mode-test)
;;; rbk-mode-test.el ends here
