// The one unit that compiles Catch2's runner; every other test file includes the header alone.
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
