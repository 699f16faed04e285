(template) @function.around
(hook) @entry.around
(hold) @entry.around
(test) @test.around
(parameter) @parameter.around
(field) @entry.around
(comment) @comment.around
