// libFuzzer target: foreign bytes as Kubernetes manifests. What is taken has containers and names;
// what is refused says where.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "interpreter/io/local_cluster/manifests.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hookc::io;
  Manifests manifests;
  const auto read =
      read_manifests({reinterpret_cast<const char*>(data), size}, "fuzz.yaml", manifests);
  if (!read) {
    if (!read.error().starts_with("fuzz.yaml:")) std::abort();
    return 0;
  }
  for (const ManifestPod& pod : manifests.pods) {
    if (pod.name.empty() || pod.uid.empty() || pod.address.empty()) std::abort();
  }
  if (const auto finished = finish_manifests(manifests); !finished && finished.error().empty())
    std::abort();
  return 0;
}
