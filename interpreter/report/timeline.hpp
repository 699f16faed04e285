// The bars of a page. Private to the layer.
#pragma once

#include <string>

#include "interpreter/report/log.hpp"

namespace hookc::report {

/// Where moments stand on a line that is as wide as the page allows.
class Scale {
 public:
  explicit Scale(Millis took) : took_(took > 0 ? took : 1) {}

  double percent(Millis at) const;
  /// A step between marks that people count in, for at most six of them.
  Millis step() const;
  Millis took() const { return took_; }

 private:
  Millis took_;
};

/// Marks with their times under them.
std::string axis(const Scale& scale);
/// `spoken`: what the picture shows, as a sentence.
std::string hook_track(const SessionLog& log, const Hook& hook, const Scale& scale,
                       std::string_view spoken);
std::string operation_track(const OperationRun& run, const Scale& scale, std::string_view spoken);
/// What the colours and patterns mean.
std::string legend(const SessionLog& log);

}  // namespace hookc::report
