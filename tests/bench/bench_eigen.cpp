// A peer that certifies nothing: the polar factor by Eigen's BDCSVD on mpreal.
//   bench_eigen N BITS < N*N hexadecimal numbers; prints processor milliseconds and ||U^T U - I||_F
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include <mpreal.h>

#include <Eigen/Dense>
#include <unsupported/Eigen/MPRealSupport>

typedef Eigen::Matrix<mpfr::mpreal, Eigen::Dynamic, Eigen::Dynamic> Matrix;

int main(int argc, char **argv) {
  if (argc != 3)
    return 3;
  int n = std::atoi(argv[1]);
  mpfr::mpreal::set_default_prec(std::atoi(argv[2]));
  Matrix a(n, n);
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++) {
      double x;
      if (std::scanf("%la", &x) != 1)
        return 3;
      a(i, j) = x;
    }
  std::clock_t start = std::clock();
  Eigen::BDCSVD<Matrix> svd(a, Eigen::ComputeFullU | Eigen::ComputeFullV);
  Matrix u = svd.matrixU() * svd.matrixV().transpose();
  double ms = 1e3 * double(std::clock() - start) / CLOCKS_PER_SEC;
  Matrix defect = u.transpose() * u - Matrix::Identity(n, n);
  std::printf("%.3f %.3g\n", ms, defect.norm().toDouble());
  return 0;
}
